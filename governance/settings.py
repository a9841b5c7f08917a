"""The only reader of the environment."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from governance.errors import ConfigurationError
from governance.oidc_settings import OidcSettings

#: How an address of PostgreSQL may begin; psycopg is what connects.
POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")


def _default_key_file() -> Path:
    from platformdirs import user_config_path

    return user_config_path("munshi") / "master.key"


class Settings(BaseSettings):
    """What an operator can set, each as ``MUNSHI_<NAME>`` in the environment.

    Attributes
    ----------
    home
        Folder of all workspaces. Nothing in it is readable without the master key.
    master_key
        The master key itself, 64 hex digits; otherwise it is read from ``key_file``.
    key_file
        File (0600) holding the master key, outside ``home``; made at first use.
    model
        ``embedded`` or any ``init_chat_model`` string such as ``openai:gpt-5`` or ``ollama:qwen3``.
    model_base_url, model_api_key
        For OpenAI-compatible servers. Data leaves the machine only when these are set.
    embeddings
        What turns passages into vectors: ``built-in``, ``openai:MODEL`` through an OpenAI-compatible endpoint, or
        ``sentence-transformers:MODEL`` on this machine. Passages and questions leave it with ``openai:`` alone.
    embeddings_base_url, embeddings_api_key
        The endpoint of ``openai:MODEL``, such as ``http://127.0.0.1:8080/v1``.
    model_prompt_price, model_completion_price
        What a million tokens of either kind cost, for the ledger and for budgets of money.
    statement_seconds, reader_memory, row_limit
        Limits of one free SQL statement.
    tracking
        Where `munshi train` keeps its runs: ``sqlite`` beside the books, an MLflow server's URL, or ``off``.
    calls_per_minute
        Requests a key may make, where it has no limit of its own; a burst of as many is let through.
    request_bytes
        Largest body of a request; where rows are sent to be scored, 16 times as large.
    slow_seconds
        Seconds that a client may take to send a request's headers, and its body but for a second more for each kB.
    batch_bytes
        Largest file of rows to be scored.
    access_log
        Where a line for each request goes, without personal data: ``off``, ``stderr``, or a file.
    control_url
        PostgreSQL for the control data of all workspaces, ``postgresql://user:password@host/database``; without it they
        lie in SQLite beside the books. Several workers want it.
    oidc
        Who else's word lets people and machines in: each of `OidcSettings` as ``MUNSHI_OIDC_<NAME>``.
    webhook_loopback
        Whether webhooks may go to ``http://`` addresses of this machine: for receivers beside the server, and tests.
    address
        Where people reach the screen, for links in mails; by default the host and port it is served on.
    mail_host, mail_port, mail_tls, mail_user, mail_password, mail_from
        The SMTP server that mails are handed to, and as whom; without a host none is sent.
    mail_to
        Who hears of alerts and may be written to, separated by commas; ``@bank.example`` allows a domain.
    mail_attachments
        Whether reports may travel with a mail; otherwise mails hold counts and a link.
    """

    model_config = SettingsConfigDict(env_prefix="MUNSHI_", extra="ignore", frozen=True)

    home: Path = Path(".munshi")
    master_key: SecretStr | None = None
    key_file: Path = Field(default_factory=_default_key_file)
    model: str = "embedded"
    model_base_url: str | None = None
    model_api_key: SecretStr | None = None
    model_seconds: float = Field(default=30.0, gt=0)
    embeddings: str = "built-in"
    embeddings_base_url: str = "https://api.openai.com/v1"
    embeddings_api_key: SecretStr | None = None
    model_prompt_price: Decimal = Field(default=Decimal(0), ge=0)
    model_completion_price: Decimal = Field(default=Decimal(0), ge=0)
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=1, le=65535)
    threads: int = Field(default=2, ge=1)
    writer_memory: str = "8GB"
    reader_memory: str = "2GB"
    statement_seconds: float = Field(default=10.0, gt=0)
    row_limit: int = Field(default=100_000, ge=1)
    tracking: str = "sqlite"
    calls_per_minute: int = Field(default=1_200, ge=1)
    request_bytes: int = Field(default=1_000_000, ge=1_024)
    slow_seconds: float = Field(default=20.0, gt=0)
    batch_bytes: int = Field(default=1_000_000_000, ge=1_024)
    access_log: str = "off"
    control_url: SecretStr | None = None
    webhook_loopback: bool = False
    oidc: OidcSettings = Field(default_factory=OidcSettings)
    address: str = ""
    mail_host: str = ""
    mail_port: int = Field(default=587, ge=1, le=65535)
    mail_tls: Literal["starttls", "tls", "off"] = "starttls"
    mail_user: str = ""
    mail_password: SecretStr | None = None
    mail_from: str = ""
    mail_to: str = ""
    mail_attachments: bool = False

    @property
    def workspaces(self) -> Path:
        """Folder that holds one folder per workspace."""
        return self.home.absolute() / "workspaces"


def control_url(settings: Settings) -> str | None:
    """Return where control data lie besides the workspaces' own folders, as SQLAlchemy writes it; None for there.

    Raises
    ------
    ConfigurationError
        It is no PostgreSQL address.
    """
    if settings.control_url is None:
        return None
    written = settings.control_url.get_secret_value()
    start = next((each for each in POSTGRES if written.startswith(each)), None)
    if start is None:
        raise ConfigurationError(
            "MUNSHI_CONTROL_URL is no PostgreSQL address (postgresql://user:password@host/database). Without it, "
            "control data lie in SQLite beside the books."
        )
    return f"postgresql+psycopg://{written.removeprefix(start)}"


def secret(name: str) -> SecretStr:
    """Read a secret that a declared source names: a feed's token, a database's address.

    Parameters
    ----------
    name
        What the source calls it; it stands in ``MUNSHI_SECRET_<NAME>``, dashes as underscores.

    Raises
    ------
    ConfigurationError
        It is not set.
    """
    variable = f"MUNSHI_SECRET_{name.upper().replace('-', '_')}"
    found = os.environ.get(variable)
    if not found:
        raise ConfigurationError(f"{variable} is not set: it holds the secret that a source calls '{name}'.")
    return SecretStr(found)


def traces_wanted() -> bool:
    """Whether the operator named a collector of traces, in OpenTelemetry's own variables."""
    return any(os.environ.get(f"OTEL_EXPORTER_OTLP_{part}ENDPOINT") for part in ("", "TRACES_"))


def load_settings() -> Settings:
    """Read the environment.

    Raises
    ------
    ConfigurationError
        Naming every setting that is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        begins = "MUNSHI_OIDC_" if error.title == OidcSettings.__name__ else "MUNSHI_"
        named = [(f"{begins}{str((fault['loc'] or ('ISSUER',))[0]).upper()}", fault["msg"]) for fault in error.errors()]
        raise ConfigurationError(
            f"Settings are wrong: {'; '.join(f'{name}: {said}' for name, said in named)}."
        ) from None
    except SettingsError as error:  # a mapping that is no JSON; the words name the field, not its value
        raise ConfigurationError(
            f'Settings are wrong: {error}. Write it as JSON: {{"munshi-analysts": "analyst"}}.'
        ) from None
