"""Nothing typed is lost: a form sent after its session or its token ended comes back with its text.

The fields stay in the page itself, never in the session. Somebody signed out signs in on that page, the fields travel
along, and one button sends the form again with a fresh token.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, render_template, request
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.accounts.door import CODE_NOT_RIGHT, NOT_RIGHT, TOO_LATE, Door, open_door, second_step
from app.accounts.forms import SecondForm, SignInForm
from app.accounts.services import Throttled
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web import errors, guard
from app.core.web.addresses import FILES, own_path
from app.core.web.guard import SignInNeeded, requires
from app.core.web.locale import _

bp = Blueprint("resend", __name__)

PREFIX = "kept-"
TARGET = "kept_for"
AGAIN = N_("This page was open for too long. Write your password once more.")
ELSEWHERE = N_("This form was sent from another site, so nothing was done.")
NO_FORM = N_("There is nothing to send again.")
# Only these are not given back: they are secret, or ours to make anew.
LEFT_OUT = frozenset({"csrf_token", "password", "current", "answer"})
SIGN_IN_FIELDS = frozenset({"email", "password", "next", "code"})
STEP = "step"


@dataclass(frozen=True)
class Kept:
    """A form that was not taken: where it goes and what it holds."""

    target: str
    fields: Sequence[tuple[str, str]]
    had_files: bool = False

    @property
    def texts(self) -> list[str]:
        """What a person would miss: what has more than one word, as it stood in the form. One word is mostly a code."""
        return list(dict.fromkeys(v for _name, v in self.fields if len(v.split()) > 1))


def install(app: Flask) -> None:
    """Take over from the plain answers to a missing session or token."""
    app.register_blueprint(bp)
    app.register_error_handler(CSRFError, _token_ended)
    app.register_error_handler(SignInNeeded, _session_ended)


@bp.post("/sign-in/resend")
@requires(Permission.PUBLIC)
def sign_in() -> Response:
    """Sign in on the page that holds the kept form, and show it again."""
    kept = _unwrapped()
    if kept is None:
        return errors.error_response(400, _(NO_FORM))
    if guard.current_actor() is not None:
        return _page(kept, 200)
    form: Form = SecondForm() if request.form.get(STEP) == "second" else SignInForm()
    status = 422
    if form.validate():
        try:
            return _knocked(kept, form)
        except Throttled as refusal:
            status = refusal.status
            form.form_errors.append(_(str(refusal)))
    return _page(kept, status, form)


Form = SignInForm | SecondForm


def _knocked(kept: Kept, form: Form) -> Response:
    """What came of the password, or of the code."""
    if isinstance(form, SecondForm):
        door = second_step(form.code.data or "")
        refused: Form = form if door is Door.SECOND else SignInForm(formdata=None)
        refused.form_errors.append(_(CODE_NOT_RIGHT if door is Door.SECOND else TOO_LATE))
        return _page(kept, 200) if door is Door.OPEN else _page(kept, 422, refused)
    door = open_door(form.email.data or "", form.password.data or "")
    if door is Door.SHUT:
        form.form_errors.append(_(NOT_RIGHT))
        return _page(kept, 422, form)
    return _page(kept, 200, SecondForm(formdata=None) if door is Door.SECOND else None)


def _token_ended(error: CSRFError) -> Response:
    if _from_elsewhere():
        return errors.error_response(400, _(ELSEWHERE))
    if request.endpoint == "accounts.sign_in_now":
        return _sign_in_again()
    kept = _unwrapped() if request.endpoint == "resend.sign_in" else posted()
    return errors.error_response(400, _(NO_FORM)) if kept is None else _page(kept, 400)


def _session_ended(error: SignInNeeded) -> Response:
    if request.method != "POST" or request.path.endswith(FILES):
        return errors.error_response(401, _(str(error)))
    if _from_elsewhere():
        return errors.error_response(400, _(ELSEWHERE))
    kept = posted()
    return errors.error_response(401, _(str(error))) if kept is None else _page(kept, 401)


def _sign_in_again() -> Response:
    form = SignInForm(formdata=None, data={"email": request.form.get("email"), "next": request.form.get("next")})
    form.form_errors = [_(AGAIN)]
    return current_app.make_response((render_template("accounts/sign_in.html", form=form), 422))


def posted(left_out: frozenset[str] = LEFT_OUT) -> Kept | None:
    """The form of this request, without what is secret."""
    here = own_path(request.full_path if request.query_string else request.path)
    try:
        fields = [(n, v) for n, v in request.form.items(multi=True) if n not in left_out]
        return Kept(here, fields, bool(request.files)) if here else None
    except HTTPException:
        return None  # too large to read


def _unwrapped() -> Kept | None:
    """The form that travels inside this request's form."""
    target = own_path(request.form.get(TARGET))
    names = [n for n in request.form if n.startswith(PREFIX)]
    fields = [(n.removeprefix(PREFIX), v) for n in names for v in request.form.getlist(n)]
    return Kept(target, [(n, v) for n, v in fields if n not in LEFT_OUT]) if target else None


def _page(kept: Kept, status: int, form: Form | None = None) -> Response:
    signed_in = guard.current_actor() is not None
    if not signed_in and form is None:
        form = SignInForm(formdata=None)
    html = render_template(
        "accounts/resend.html",
        kept=kept,
        form=None if signed_in else form,
        second=isinstance(form, SecondForm),
        back_again=request.endpoint == "resend.sign_in",
        prefix=PREFIX,
        target_name=TARGET,
        token=generate_csrf(),
    )
    return current_app.make_response((html, status))


def _from_elsewhere() -> bool:
    """True if another site sent this form: then its text is not the person's, and one click must not send it on."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host
