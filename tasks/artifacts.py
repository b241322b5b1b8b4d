"""Artifacts and deployments through Prefect's API: made once, then PATCHed, so that ids and links stay."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from httpx import HTTPStatusError, codes
from prefect import get_run_logger
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate, DeploymentUpdate
from prefect.client.schemas.filters import ArtifactCollectionFilter as Collected
from prefect.client.schemas.filters import ArtifactCollectionFilterKey as CollectedKey
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
)
from prefect.client.schemas.responses import DeploymentResponse

from notifications.board.escape import md

BEGINS = "[Bảng"  # how the line of links begins that stands first in a deployment's description


def put_markdown(
    client: SyncPrefectClient, key: str, known: str | None, markdown: str, description: str
) -> UUID:
    """PATCH the artifact; made anew when Prefect's database no longer has it. The description is text, not Markdown."""
    described = md(description)
    if known is not None:
        if patched(client, UUID(known), ArtifactUpdate(data=markdown, description=described)):
            return UUID(known)
        get_run_logger().warning("artifact %s is gone; making board %s anew", known, key)
    return _made(client, ArtifactCreate(key=key, type="markdown", data=markdown, description=described))


def patched(client: SyncPrefectClient, artifact: UUID, update: ArtifactUpdate) -> bool:
    """Whether Prefect still has the artifact. Its client says so by the bare status, not by ObjectNotFound."""
    try:
        client.update_artifact(artifact, update)
    except HTTPStatusError as error:
        if error.response.status_code != codes.NOT_FOUND:
            raise
        return False
    return True


def put_table(
    client: SyncPrefectClient, key: str, rows: Sequence[Mapping[str, object]], description: str
) -> UUID:
    """The same for a table, found by its key: one of an earlier database is simply not found."""
    described = md(description)
    data = json.dumps([dict(row) for row in rows], ensure_ascii=False)
    found = client.read_latest_artifacts(artifact_filter=Collected(key=CollectedKey(any_=[key])), limit=1)
    if found and found[0].latest_id is not None:
        client.update_artifact(found[0].latest_id, ArtifactUpdate(data=data, description=described))
        return found[0].latest_id
    return _made(client, ArtifactCreate(key=key, type="table", data=data, description=described))


def deployments_with(client: SyncPrefectClient, *tags: str) -> list[DeploymentResponse]:
    wanted = DeploymentFilter(tags=DeploymentFilterTags(all_=list(tags)))
    return client.read_deployments(deployment_filter=wanted, limit=200)


def campaign_deployments(client: SyncPrefectClient, campaign: str, *tags: str) -> list[DeploymentResponse]:
    return deployments_with(client, *tags, f"campaign:{campaign}")


def link_first(client: SyncPrefectClient, deployment: DeploymentResponse, links: str) -> None:
    """The description begins with links to the boards by id: the UI has no other way to them."""
    first, _, rest = (deployment.description or "").partition("\n\n")
    if first == links:
        return
    described = rest if first.startswith(BEGINS) else deployment.description
    client.update_deployment(deployment.id, DeploymentUpdate(description=f"{links}\n\n{described}"))


def _made(client: SyncPrefectClient, wanted: ArtifactCreate) -> UUID:
    """Of no run: Prefect's vacuum deletes a run's artifacts with it after 90 days, and boards outlive their runs."""
    return client.create_artifact(wanted).id
