"""IATI's code lists, as far as the reader uses them, and what they mean in ours. Constants, pure functions.

Source: IATI-Codelists 2.03 and the non-embedded lists (2026-06-22; IATI Standard licence, DAC lists
replicated from the OECD), and ISO 3166 with XK. A code missing here is reported, never refused: lists grow.
"""

from __future__ import annotations


def _codes(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


UNICEF_REFS = frozenset({"XM-DAC-41122", "41122"})

ACTIVITY_STATUS = frozenset("123456")
ACTIVITY_SCOPE = frozenset("12345678")
DESCRIPTION_TYPE = frozenset("1234")
ORGANISATION_ROLE = frozenset("1234")
ORGANISATION_TYPE = _codes("10 11 15 21 22 23 24 30 40 60 70 71 72 73 80 90")
SECTOR_VOCABULARY = _codes("1 2 3 4 5 6 7 8 9 10 11 12 98 99")
TAG_VOCABULARY = _codes("1 2 3 4 5 99")
AID_TYPE = _codes(
    """
    A01 A02 B01 B02 B021 B022 B03 B031 B032 B033 B04 C01 D01 D02 E01 E02 F01 G01 H01 H02 H03 H04 H05 H06
    """
)
REGION = _codes(
    """
    88 89 189 289 298 380 389 489 498 589 619 679 689 789 798 889 998 1027 1028 1029 1030 1031 1032 1033
    1034 1035
    """
)
DAC_SECTOR = _codes(
    """
    11110 11120 11130 11182 11220 11230 11231 11232 11240 11250 11260 11320 11330 11420 11430 12110 12181
    12182 12191 12196 12220 12230 12240 12250 12261 12262 12263 12264 12281 12310 12320 12330 12340 12350
    12382 13010 13020 13030 13040 13081 13096 14010 14015 14020 14021 14022 14030 14031 14032 14040 14050
    14081 15110 15111 15112 15113 15114 15116 15117 15118 15119 15121 15122 15123 15124 15125 15126 15127
    15128 15129 15130 15131 15132 15133 15134 15135 15136 15137 15142 15143 15144 15150 15151 15152 15153
    15154 15155 15156 15160 15170 15180 15185 15190 15196 15210 15220 15230 15240 15250 15261 16010 16011
    16012 16013 16014 16015 16020 16030 16040 16050 16061 16062 16063 16064 16065 16066 16070 16080 21010
    21011 21012 21013 21020 21021 21022 21023 21024 21030 21040 21050 21061 21081 22010 22011 22012 22013
    22020 22030 22040 23110 23111 23112 23181 23182 23183 23210 23220 23230 23231 23232 23240 23250 23260
    23270 23310 23320 23330 23340 23350 23360 23410 23510 23610 23620 23630 23631 23640 23641 23642 24010
    24020 24030 24040 24050 24081 25010 25020 25030 25040 31110 31120 31130 31140 31150 31161 31162 31163
    31164 31165 31166 31181 31182 31191 31192 31193 31194 31195 31210 31220 31261 31281 31282 31291 31310
    31320 31381 31382 31391 32110 32120 32130 32140 32161 32162 32163 32164 32165 32166 32167 32168 32169
    32170 32171 32172 32173 32174 32182 32210 32220 32261 32262 32263 32264 32265 32266 32267 32268 32310
    33110 33120 33130 33140 33150 33181 33210 41010 41020 41030 41040 41081 41082 43010 43030 43031 43032
    43040 43041 43042 43050 43060 43071 43072 43073 43081 43082 51010 52010 53030 53040 60010 60020 60030
    60040 60061 60062 60063 72010 72011 72012 72040 72050 73010 74020 91010 93010 93011 93012 93013 93014
    93015 93016 93017 93018 99810 99820
    """
)
DAC_SECTOR_WITHDRAWN = _codes(
    """
    11321 11322 15120 15140 15161 15162 15163 15164 23010 23020 23030 23040 23050 23061 23062 23063 23064
    23065 23066 23067 23068 23069 23070 23081 23082 41050 74010 92010 92020 92030
    """
)
COUNTRY = _codes(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
    FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
    IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
    PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE
    YT ZA ZM ZW
    """
)

# The official names of the codes that suggest a support type. Names in files cannot be trusted: UNICEF's
# file of 2021 calls 15160 "Public finance management".
DAC_SECTOR_NAMES = {
    "15130": "Legal and judicial development",
    "15131": "Justice, law and order policy, planning and administration",
    "15132": "Police",
    "15134": "Judicial affairs",
    "15135": "Ombudsman",
    "15137": "Prisons",
    "15160": "Human rights",
    "15180": "Ending violence against women and girls",
    "15261": "Child soldiers (prevention and demobilisation)",
    "16015": "Social services",
}

# What IATI 1.0x wrote where 2.0x has a code.
OLD_DATE_TYPES = {"start-planned": "1", "start-actual": "2", "end-planned": "3", "end-actual": "4"}
OLD_ROLES = {"funding": "1", "accountable": "2", "extending": "3", "implementing": "4"}
OLD_SECTOR_VOCABULARIES = {
    "dac": "1",
    "dac-5": "1",
    "dac-3": "2",
    "cofog": "3",
    "nace": "4",
    "ntee": "5",
    "adt": "6",
    "ro": "99",
    "ro2": "98",
}
OLD_STATUS_NAMES = {
    "pipeline/identification": "1",
    "implementation": "2",
    "completion": "3",
    "finalisation": "3",
    "post-completion": "4",
    "closed": "4",
    "cancelled": "5",
    "suspended": "6",
}

_STATUS = {
    "1": "planned",
    "2": "active",
    "3": "finalising",
    "4": "closed",
    "5": "cancelled",
    "6": "suspended",
}
_SCOPE = {"1": "global", "2": "regional", "3": "multi_country", "4": "national"}


def our_status(code: str | None) -> str | None:
    """Our activity_status code for IATI's activity status (1 to 6), None for anything else.

    IATI's 1 (pipeline) is `planned`: that somebody asked for the help is not said by it.
    """
    return _STATUS.get(code or "")


def our_scope(code: str | None) -> str | None:
    """Our scope for IATI's activity scope: 1 to 4 by name, 5 to 8 parts of a country, else None."""
    if code in ("5", "6", "7", "8"):
        return "subnational"
    return _SCOPE.get(code or "")
