"""An index of the words of lines: FTS5 on SQLite, text search on PostgreSQL. What lines say in it is written anew by
`tracker db upgrade` afterwards; until then it holds the words that were searched before, without the tags.

Revises: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# FTS5 keeps no text of its own here: it reads `search` of the line. In ASCII all but letters, digits and the two signs
# of tags parts words; any other letter is taken as it comes, since the program has parted them.
SQLITE = (
    "CREATE VIRTUAL TABLE activity_word USING fts5(search, content='activity_line', content_rowid='revision_id',"
    " detail=none, prefix='3 5 8', tokenize=\"ascii tokenchars '=_'\")",
    "CREATE TRIGGER activity_word_new AFTER INSERT ON activity_line BEGIN"
    " INSERT INTO activity_word (rowid, search) VALUES (new.revision_id, new.search); END",
    "CREATE TRIGGER activity_word_gone AFTER DELETE ON activity_line BEGIN"
    " INSERT INTO activity_word (activity_word, rowid, search) VALUES ('delete', old.revision_id, old.search); END",
    "CREATE TRIGGER activity_word_changed AFTER UPDATE OF revision_id, search ON activity_line BEGIN"
    " INSERT INTO activity_word (activity_word, rowid, search) VALUES ('delete', old.revision_id, old.search);"
    " INSERT INTO activity_word (rowid, search) VALUES (new.revision_id, new.search); END",
    "INSERT INTO activity_word (activity_word) VALUES ('rebuild')",
)
# The first 3, 5 and 8 letters of each word are words too, as FTS5 keeps them: an index of text search puts the lines of
# all words with one beginning together first, where it goes from line to line of whole ones.
# Cut, because a lexeme has at most 2,046 bytes, and a program before this one wrote whole words here.
# Not SQL, whose cost the planner would take for that of its parts: it must never make the words of each line anew.
POSTGRESQL = (
    "CREATE FUNCTION activity_words(search text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE"
    " COST 10000 AS $$ DECLARE words text[] = ARRAY("
    "SELECT left(word, 200) FROM unnest(string_to_array(search, ' ')) AS word WHERE word <> '');"
    " BEGIN RETURN array_to_tsvector(words || ARRAY("
    "SELECT '^' || left(word, letters) FROM unnest(words) AS word, unnest(ARRAY[3, 5, 8]) AS letters"
    " WHERE length(word) >= letters AND left(word, 1) <> '=')); END $$",
    "CREATE INDEX ix_activity_line_words ON activity_line USING gin (activity_words(search))",
)


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_activity_line_words", table_name="activity_line")
        op.execute("DROP FUNCTION activity_words(text)")
        return
    for name in ("new", "gone", "changed"):
        op.execute(f"DROP TRIGGER activity_word_{name}")
    op.drop_table("activity_word")
