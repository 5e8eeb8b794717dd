"""Web addresses of Procore items: made for a document's `Url`, read back to find which item a document belongs to."""

import re
from typing import Final
from urllib.parse import urlsplit

from smoothx_tui.procore.kinds import Kind

DEFAULT_HOST: Final = "https://app.procore.com"

_FORMS: Final = (
    (Kind.DIRECT_COST, re.compile(r"/(?P<project>\d+)/project/direct_costs/(?P<id>\d+)")),
    (
        Kind.PROGRESS_CLAIM,
        re.compile(
            r"/webclients/host/companies/\d+/projects/(?P<project>\d+)/tools/invoicing/requisitions/"
            r"(?P<contract>\d+)/(?P<id>\d+)"
        ),
    ),
    (
        Kind.HEAD_CONTRACT_CLAIM,
        re.compile(
            r"/webclients/host/companies/\d+/projects/(?P<project>\d+)/tools/invoicing/payment-applications/"
            r"(?P<contract>\d+)/(?P<id>\d+)"
        ),
    ),
)


def item_url(kind: Kind, *, company: str, project: str, contract: str, item: str, host: str = DEFAULT_HOST) -> str:
    """The item's page. `contract` (commitment or prime contract id) is not part of a direct cost's address."""
    if kind is Kind.DIRECT_COST:
        return f"{host}/{project}/project/direct_costs/{item}"
    tool = "requisitions" if kind is Kind.PROGRESS_CLAIM else "payment-applications"
    return f"{host}/webclients/host/companies/{company}/projects/{project}/tools/invoicing/{tool}/{contract}/{item}"


def item_named_by(url: str) -> tuple[Kind, str] | None:
    """Which item an address names, by kind and id; the host and anything after the path do not matter."""
    try:
        path = urlsplit(url).path.rstrip("/")
    except ValueError:
        return None
    for kind, form in _FORMS:
        if found := form.fullmatch(path):
            return kind, found["id"]
    return None


def project_named_by(url: str) -> str | None:
    """The Procore project id in an item's address; None where the address is of no known form."""
    try:
        path = urlsplit(url).path.rstrip("/")
    except ValueError:
        return None
    for _, form in _FORMS:
        if found := form.fullmatch(path):
            return found["project"]
    return None
