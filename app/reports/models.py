"""What the room of reports keeps: the lines of activities.csv, ready to be sent."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.activities.models_line import ActivityLine
from app.core.db import Base


class FileLine(Base):
    """One line of activities.csv as it is sent, but for its end and what is the same in every line of a file.

    `marks` are the columns after the basis, which is the file's own. `form` names the columns and the way of writing: a
    line of another form is as good as none. It goes with the line of lists that it was made of, so that it can never
    be older than that.
    """

    __tablename__ = "file_line"

    revision_id: Mapped[int] = mapped_column(
        ForeignKey(ActivityLine.revision_id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    form: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    marks: Mapped[str] = mapped_column(String(20))
