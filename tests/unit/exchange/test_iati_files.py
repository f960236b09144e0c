"""Files as wholes: what is refused and in which words, what is read all the same, and how much memory it takes."""

from __future__ import annotations

import gzip
import io
import re
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.iati_reader import Limits, UnreadableFile, check_file, read_iati
from app.exchange.sheet_kinds import kind_of
from app.exchange.sheet_limits import Unreadable
from tests.unit.exchange.iati_files import activity_xml, file_xml, written

ONE = file_xml(activity_xml())
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE iati-activities [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)
EXTERNAL = '<!DOCTYPE iati-activities [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE iati-activities [<!ENTITY % more SYSTEM "http://127.0.0.1:9/x.dtd"> %more;]>'


def zipped() -> bytes:
    with io.BytesIO() as target:
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("file.xml", ONE)
        return target.getvalue()


JARGON = re.compile("xml[A-Z]|XML_|Ref:|Value:|PCDATA|Resource|namespace .* not defined|expect")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        (" \n\t\n", "empty"),
        ("\ufeff", "XML"),
        ("just words", "not an XML file"),
        ("a,b\n1,2\n", "not an XML file"),
        ('{"activities": []}', "JSON"),
        (gzip.compress(ONE.encode()), "compressed"),
        (zipped(), "zip archive"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x00" * 5000, "XML"),
        ("<!DOCTYPE html><html><body><p>404<br></body></html>", "web page"),
        ("<html><body>404</body></html>", "web page"),
        ('<?xml version="1.0"?><html/>', "no IATI activity file: it begins with <html>"),
        ("<rss/>", "no IATI activity file: it begins with <rss>"),
        ('<iati-organisations version="2.03"/>', "organisation file"),
        ('<?xml version="1.0"?><!-- only a comment -->', "does not begin with an element"),
        (BOMB + ONE.partition("?>")[2].replace("Reporter", "&j;"), "entities"),
        (BOMB + '<iati-activities version="&j;"/>', "entities"),
        (BOMB + "<iati-activities/>", "entities"),
        (EXTERNAL + ONE.partition("?>")[2].replace("Reporter", "&secret;"), "entities"),
        (PARAMETER + ONE.partition("?>")[2], "entities"),
        ('<!DOCTYPE a SYSTEM "a.dtd">' + ONE.partition("?>")[2].replace("Reporter", "&far;"), "entities"),
        (ONE.replace("Reporter", "a&nbsp;b"), "does not know: &nbsp;."),
        (ONE.replace("Reporter", "a & b"), "line 3, column 121: a “&” or “<” begins nothing"),
        (ONE.replace("Reporter", "a &b c"), "written as &amp; and &lt;"),
        (ONE.replace("Reporter", "a < b"), "written as &amp; and &lt;"),
        (ONE.replace("Reporter", "a &#xZZ; b"), "“&#” is not followed by a number"),
        (ONE.replace('type="40"', "type=40"), "lacks its quotation marks"),
        (ONE.replace('type="40"', "type"), "the attribute type has no value"),
        (ONE.replace('type="40"', 'type="40" type="10"'), "the attribute type stands there twice"),
        (ONE.replace("Reporter", "<!-- never ended"), "inside a comment"),
        (ONE.replace("Reporter", "<a:b:c xmlns:a='u'/>"), "column 124. Mend it there, or export it again."),
        (ONE.replace('version="1.0" ', ""), "first line of the file"),
        (ONE.replace("UTF-8", "UTF-32").encode("utf-32"), "encoding that is not read here"),
        (ONE.encode("cp037"), "encoding that is not read here"),
        (ONE.replace("</title>", ""), "not closed"),
        (ONE.replace("Reporter", "a\x1fb"), "character near line 3"),
        (ONE.replace("Reporter", "&#0;"), "character near line 3"),
        (ONE.replace("Reporter", "&#1;"), "that XML does not allow, such as"),
        (ONE.replace("Reporter", "<far:name/>"), "prefix"),
        (ONE + "<more/>", "well-formed"),
        (ONE.replace("UTF-8", "KLINGON-8"), "encoding that is not read here"),
        (ONE.replace("Reporter", "Côte").encode("latin-1"), "not in the encoding which it declares"),
        (ONE.replace("UTF-8", "UTF-16").encode(), ""),
        (ONE.replace("Reporter", "<x>" * 300 + "</x>" * 300), "too deep"),
        (ONE.replace("Reporter", "x" * 10_100_000), "too large"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(tmp_path: Path, content: str | bytes, words: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(UnreadableFile) as caught:
        check_file(path)
    assert words in str(caught.value)
    assert not JARGON.search(str(caught.value))
    with pytest.raises(UnreadableFile):
        read_iati(path)  # at the call, before anything is handed over


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_file_cut_off_hands_over_nothing(tmp_path: Path, share: float) -> None:
    whole = file_xml(*[activity_xml()] * 5).strip()
    path = written(tmp_path, whole[: int(len(whole) * share)])
    with pytest.raises(UnreadableFile):
        read_iati(path)


def test_a_file_cut_between_two_activities_says_that_its_end_is_missing(tmp_path: Path) -> None:
    path = written(tmp_path, ONE.replace("</iati-activities>", ""))
    with pytest.raises(UnreadableFile, match="breaks off near line"):
        check_file(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.xml", tmp_path, tmp_path / "nul\x00byte"):
        with pytest.raises(UnreadableFile):
            check_file(path)


ACCENTS = file_xml(activity_xml(title="<title><narrative>Côte d’Ivoire — été</narrative></title>"))
LATIN = ACCENTS.replace("’", "'").replace("—", "-")


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (ACCENTS.encode(), "Côte d’Ivoire — été"),
        (b"\xef\xbb\xbf" + ACCENTS.encode(), "Côte d’Ivoire — été"),
        (b"\n\n  " + ACCENTS.encode(), "Côte d’Ivoire — été"),
        (ACCENTS.replace("UTF-8", "UTF-16").encode("utf-16"), "Côte d’Ivoire — été"),
        (ACCENTS.partition("?>")[2].strip().encode("utf-16"), "Côte d’Ivoire — été"),
        (ACCENTS.replace("UTF-8", "UTF-16").encode("utf-16-be"), "Côte d’Ivoire — été"),
        (LATIN.replace("UTF-8", "ISO-8859-1").encode("latin-1"), "Côte d'Ivoire - été"),
        (ACCENTS.replace("UTF-8", "windows-1252").encode("cp1252"), "Côte d’Ivoire — été"),
        (ACCENTS.partition("?>")[2].encode(), "Côte d’Ivoire — été"),
        (ACCENTS.replace("\n", "\r\n").encode(), "Côte d’Ivoire — été"),
        (
            ACCENTS.replace("<iati-activities", "<!DOCTYPE iati-activities><iati-activities").encode(),
            "Côte d’Ivoire — été",
        ),
        (
            ACCENTS.replace("<iati-activities", '<iati-activities xmlns="http://example.org/iati"').encode(),
            "Côte d’Ivoire — été",
        ),
        (activity_xml(title="<title><narrative>Alone</narrative></title>").encode(), "Alone"),
        (ACCENTS.replace("Côte", "<![CDATA[Côte]]><!-- no --><?php no?>").encode(), "Côte d’Ivoire — été"),
    ],
)
def test_encodings_and_odd_beginnings_are_read(tmp_path: Path, content: bytes, title: str) -> None:
    path = written(tmp_path, content)
    assert check_file(path).activities == 1
    (activity,) = read_iati(path)
    assert activity.title == title
    assert activity.identifier == "XX-1-A"
    assert [country.iso2 for country in activity.recipient_countries] == ["KE"]


def test_file_faults(tmp_path: Path) -> None:
    assert check_file(written(tmp_path, ONE)).faults == ()
    (no_version,) = check_file(written(tmp_path, file_xml(activity_xml(), version=""))).faults
    assert no_version.severity == "warning"
    (odd_version,) = check_file(written(tmp_path, file_xml(activity_xml(), version="9.9"))).faults
    assert odd_version.message == "The file names an unknown version of IATI (9.9)."
    path = written(tmp_path, file_xml())
    (nothing,) = check_file(path).faults
    assert (nothing.severity, nothing.message) == ("error", "The file holds no activity.")
    wrapped = file_xml(f"<data>{activity_xml()}</data><!-- end -->")
    (inside,) = check_file(written(tmp_path, wrapped)).faults
    assert inside.message == "The file holds no activity: inside its first element stands <data>."
    path = written(tmp_path, file_xml())
    assert list(read_iati(path)) == []


def test_limits(tmp_path: Path) -> None:
    path = written(tmp_path, file_xml(*[activity_xml()] * 5))
    assert check_file(path, limits=Limits(activities=5)).activities == 5
    with pytest.raises(UnreadableFile, match="more than 4 activities"):
        check_file(path, limits=Limits(activities=4))
    with pytest.raises(UnreadableFile, match="larger than 0 megabytes"):
        check_file(path, limits=Limits(size=1000))
    large = activity_xml(description=f"<description><narrative>{'word ' * 100_000}</narrative></description>")
    path = written(tmp_path, file_xml(activity_xml(), large))
    with pytest.raises(UnreadableFile, match="Activity 2, or what stands before it, is larger"):
        check_file(path, limits=Limits(activity=100_000))


def test_duplicates_are_named_on_both(tmp_path: Path) -> None:
    other = activity_xml(iati_identifier="<iati-identifier> XX-1-B </iati-identifier>")
    blank = activity_xml(iati_identifier="<iati-identifier/>")
    path = written(tmp_path, file_xml(activity_xml(), other, activity_xml(), blank, blank))
    check = check_file(path)
    assert {name: [place.position for place in places] for name, places in check.duplicates.items()} == {
        "XX-1-A": [1, 3]
    }
    told = [[f.message for f in a.faults if "same identifier" in f.message] for a in read_iati(path, check=check)]
    assert told[0] == ["The same identifier stands also at activity 3 (line 5)."]
    assert told[2] == ["The same identifier stands also at activity 1 (line 3)."]
    assert told[1] == told[3] == told[4] == []


def test_what_stands_around_activities_is_passed_over(tmp_path: Path) -> None:
    nested = activity_xml(extra=activity_xml(iati_identifier="<iati-identifier>INNER</iati-identifier>"))
    path = written(
        tmp_path, file_xml("<!-- one -->", "<query/>", "words", nested, '<x:y xmlns:x="u:v"/>', activity_xml())
    )
    assert check_file(path).activities == 2
    assert [(a.position, a.identifier) for a in read_iati(path)] == [(1, "XX-1-A"), (2, "XX-1-A")]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Ten times the activities take no more memory: measured in the process, lxml's own memory included."""
    activity = activity_xml(description=f"<description><narrative>{'word ' * 1000}</narrative></description>")
    peaks = []
    for count in (100, 1000):
        path = written(tmp_path, file_xml(*[activity] * count))
        list_of_one = read_iati(path)
        tracemalloc.start()
        before = resident()
        assert sum(1 for _ in list_of_one) == count
        peaks.append((tracemalloc.get_traced_memory()[1], resident() - before))
        tracemalloc.stop()
    assert path.stat().st_size > 5_000_000
    assert peaks[1][0] < peaks[0][0] * 2 + 500_000
    assert peaks[1][1] < 4_000_000


def resident() -> int:
    """Bytes of memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


SAMPLE = file_xml(
    activity_xml(
        recipient_country='<recipient-country code="KE" percentage="60"/>'
        '<recipient-country code="UG" percentage="40"/>',
        tag='<tag vocabulary="3" code="16.3"><narrative>Law</narrative></tag>',
        contact_info="<contact-info><email>a@b.org</email></contact-info>",
        extra='<x:y xmlns:x="u:v" x:z="1"/>',
    )
).encode()


def attempt(folder: Path, content: bytes) -> None:
    with suppress(UnreadableFile):
        for activity in read_iati(written(folder, content)):
            activity.original.encode()


@given(st.integers(0, len(SAMPLE)), st.integers(0, 20), st.binary(max_size=8))
def test_mutated_bytes_raise_nothing_else(tmp_path: Path, start: int, length: int, inserted: bytes) -> None:
    attempt(tmp_path, SAMPLE[:start] + inserted + SAMPLE[start + length :])


TOKENS = [
    "<iati-activity>",
    "</iati-activity>",
    "<title/>",
    '""',
    "'",
    "&amp;",
    "&#x10FFFF;",
    "&#xD800;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "percentage",
    "code",
    "\ufffe",
    "<!DOCTYPE a [",
    "]>",
    "2020-01-01",
    "xml:lang",
    "narrative",
    "iati-identifier",
    ">",
    "<",
    "/>",
    "x:",
]


@given(st.lists(st.tuples(st.integers(0, len(SAMPLE)), st.sampled_from(TOKENS)), max_size=4))
def test_inserted_tokens_raise_nothing_else(tmp_path: Path, edits: list[tuple[int, str]]) -> None:
    content = SAMPLE
    for place, token in edits:
        content = content[:place] + token.encode("utf-8", "surrogatepass") + content[place:]
    attempt(tmp_path, content)


@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_else(tmp_path: Path, content: bytes) -> None:
    attempt(tmp_path, content)


@pytest.mark.parametrize("content", [ONE.encode("utf-32"), ONE.encode("cp037"), "title\nCourse\n".encode("utf-32")])
def test_an_encoding_that_is_not_read_is_refused_where_the_file_is_sent(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Unreadable, match="Save it as UTF-8"):
        kind_of(written(tmp_path, content))
