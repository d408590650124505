"""What a server may be asked for: hosts, sizes, rates, times. In code, with defaults that suit one machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import URL

from curation.errors import UsageError
from curation.web.roles import Cost

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_MB = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A token bucket: `burst` at once, then `per_second`."""

    per_second: float
    burst: float


def _person_rates() -> dict[Cost, Rate]:
    return {
        "read": Rate(per_second=50, burst=200),
        "write": Rate(per_second=20, burst=100),
        "heavy": Rate(per_second=0.5, burst=20),
    }


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a server answers. `hosts` are the `Host` headers that are answered, with their port; it listens on `port`.

    Sizes in bytes. `person_rates` hold for each token, `datanet_rate` for all checks and submissions to one datanet
    together, `stranger_rate` for each address that shows no token. `streams_max` listen to the journal at once, of them
    `streams_of_one_max` from one address; after `stream_seconds` a stream ends, and who listens begins another.
    """

    hosts: frozenset[str]
    https: bool = False
    port: int | None = None
    body_bytes_max: int = 200_000
    upload_bytes_max: int = 200 * _MB
    uploads_bytes_max: int = 1_000 * _MB
    upload_hours: int = 24
    session_hours: int = 12
    key_days: int = 7
    judged_at_once: int = 2
    person_rates: Mapping[Cost, Rate] = field(default_factory=_person_rates)
    datanet_rate: Rate = Rate(per_second=2, burst=60)
    stranger_rate: Rate = Rate(per_second=10, burst=50)
    streams_max: int = 200
    streams_of_one_max: int = 20
    stream_seconds: float = 1800

    @property
    def origins(self) -> frozenset[str]:
        """What a browser calls this server when it names where a request comes from."""
        return frozenset(f"{'https' if self.https else 'http'}://{host}" for host in self.hosts)

    @property
    def cookie(self) -> str:
        """The session cookie's name; with the prefix a browser takes it from this host alone, by https alone.

        Cookies know no ports: two servers of one machine would sign each other's people out under the same name.
        """
        return "__Host-curate" if self.https else f"curate-{self.port}" if self.port else "curate"


def settings_for(host: str, port: int, origin: str | None = None) -> Settings:
    """The settings of a server that listens there, and is known to browsers as `origin` when a proxy stands before it.

    Raises `UsageError` for an origin that is none.
    """
    listening = {f"[{host}]" if ":" in host else host, *LOOPBACK} - {"0.0.0.0", "[::]"}  # noqa: S104  (taken away)
    hosts = {f"{one}:{port}" for one in listening} | (listening if port == 80 else set())
    if origin is None:
        return Settings(hosts=frozenset(hosts), port=port)
    told = URL(origin)
    if told.scheme not in ("http", "https") or not told.netloc or told.path.strip("/") or "@" in told.netloc:
        raise UsageError("the origin is no address such as https://review.example.org")
    return Settings(
        hosts=frozenset({*hosts, told.netloc.lower()}),
        https=told.scheme == "https",
        port=port,
        # Everybody who comes through a proxy has its address; it knows them apart, and may limit each.
        stranger_rate=Rate(per_second=100, burst=500),
        streams_of_one_max=Settings.streams_max,
    )
