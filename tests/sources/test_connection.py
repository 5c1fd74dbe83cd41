"""How the API is reached."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.api.target import base_url
from tui.sources.connection import Connection


@given(st.from_regex(r"https://[a-z][a-z0-9]{0,30}(\.[a-z][a-z0-9]{0,30}){1,5}", fullmatch=True))
def test_a_plain_address_is_its_own_account(address: str) -> None:
    assert Connection(address).account == base_url(address) == address


def test_other_addresses_are_normalised() -> None:
    assert Connection("https://API.PyAI.com:443/v1/").account == "https://api.pyai.com"
