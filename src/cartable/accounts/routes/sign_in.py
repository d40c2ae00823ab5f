"""Signing in and out, and showing again who is there."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from cartable.accounts import actions
from cartable.accounts.actions import confirm, enter, passkeys
from cartable.accounts.cookies import device_cookie, drop
from cartable.accounts.guards import admitted, person_of, signed_in
from cartable.accounts.routes.doors import (
    ADMITTED,
    SIGNED_IN,
    UNSAFE,
    Db,
    Now,
    guesser_of,
    opened,
    party_of,
)
from cartable.accounts.rules import (
    ChallengeOver,
    PasskeyRefused,
    SecondStepNeeded,
    WrongCode,
    WrongCredentials,
)
from cartable.accounts.shapes import (
    Credentials,
    PasskeySignIn,
    Proof,
    ProofQuestion,
    Question,
    Recovery,
    SecondStep,
    SignedIn,
)
from cartable.actor import Person
from cartable.errors import CrossSiteRequest, TooManyAttempts
from cartable.web import refusals, runtime_of


@post(
    "/api/sign-in",
    summary="Sign in with an address and a password",
    responses=refusals(WrongCredentials, SecondStepNeeded, TooManyAttempts, *UNSAFE),
)
async def sign_in(
    request: Request[Any, Any, Any], data: JSONBody[Credentials], db: Db, now: Now
) -> Response[SignedIn]:
    """Opens a device session; its secret travels in an HttpOnly cookie and nowhere else."""
    master = runtime_of(request).master_key
    return await opened(request, *await actions.sign_in(db, master, data, guesser_of(request), now))


@post(
    "/api/sign-in/second-step",
    summary="Sign in with a code, after the password",
    responses=refusals(ChallengeOver, WrongCode, TooManyAttempts, *UNSAFE),
)
async def sign_in_with_code(
    request: Request[Any, Any, Any], data: JSONBody[SecondStep], db: Db, now: Now
) -> Response[SignedIn]:
    """A code of the application, or a recovery code; `challenge` came with the refusal."""
    master, guesser = runtime_of(request).master_key, guesser_of(request)
    return await opened(request, *await enter.sign_in_with_code(db, master, data, guesser, now))


@post(
    "/api/sign-in/passkey/question",
    summary="Ask for a passkey at the door",
    responses=refusals(TooManyAttempts, CrossSiteRequest),
)
async def ask_at_the_door(request: Request[Any, Any, Any], db: Db, now: Now) -> Question:
    """Whichever passkey of ours the browser holds; the answer is awaited for ten minutes, once."""
    master, guesser = runtime_of(request).master_key, guesser_of(request)
    options = await passkeys.ask_for_any(db, master, party_of(request), guesser, now)
    return Question(options=options)


@post(
    "/api/sign-in/passkey",
    summary="Sign in with a passkey",
    responses=refusals(ChallengeOver, PasskeyRefused, *UNSAFE),
)
async def sign_in_with_passkey(
    request: Request[Any, Any, Any], data: JSONBody[PasskeySignIn], db: Db, now: Now
) -> Response[SignedIn]:
    """It names its account; neither address nor password is asked."""
    return await opened(
        request, *await enter.sign_in_with_passkey(db, party_of(request), data, now)
    )


@post(
    "/api/sign-in/recovery",
    summary="Sign in with a recovery code",
    responses=refusals(WrongCredentials, TooManyAttempts, *UNSAFE),
)
async def recover(
    request: Request[Any, Any, Any], data: JSONBody[Recovery], db: Db, now: Now
) -> Response[SignedIn]:
    """For somebody who lost the rest; the code opens once."""
    master, guesser = runtime_of(request).master_key, guesser_of(request)
    return await opened(request, *await enter.recover(db, master, data, guesser, now))


@post(
    "/api/sign-out",
    summary="Sign this device out",
    status_code=204,
    guards=[signed_in],
    responses=refusals(*SIGNED_IN, CrossSiteRequest),
)
async def sign_out(request: Request[Any, Any, Any], db: Db, now: Now) -> Response[None]:
    """Closes this device's session and takes its cookie back."""
    settings = runtime_of(request).settings
    await actions.sign_out(db, person_of(request), now)
    return Response(None, status_code=204, cookies=[drop(settings, device_cookie(settings))])


@post(
    "/api/proof/question",
    summary="Ask how one may show that it is oneself",
    guards=[admitted],
    responses=refusals(*ADMITTED, CrossSiteRequest),
)
async def ask_for_proof(
    request: Request[Any, Any, Any], person: NamedDependency[Person], db: Db, now: Now
) -> ProofQuestion:
    """The ways open to this person, and what to ask the browser when one is a passkey."""
    return await confirm.ask_for_proof(db, party_of(request), person, now)


@post(
    "/api/proof",
    summary="Show again that it is you",
    status_code=204,
    guards=[admitted],
    responses=refusals(
        *ADMITTED, WrongCredentials, WrongCode, ChallengeOver, PasskeyRefused, TooManyAttempts,
        *UNSAFE,
    ),
)  # fmt: skip
async def prove(
    request: Request[Any, Any, Any],
    person: NamedDependency[Person],
    data: JSONBody[Proof],
    db: Db,
    now: Now,
) -> None:
    """Opens what answers `proof_needed` for a few minutes, on this device."""
    master = runtime_of(request).master_key
    await actions.prove(db, master, party_of(request), person, data, now)


handlers = [
    sign_in, sign_in_with_code, ask_at_the_door, sign_in_with_passkey, recover, sign_out,
    ask_for_proof, prove,
]  # fmt: skip
