"""`[mqtt]`: the broker between gateways and dispatch; the same table in both configurations."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, model_validator

from radio_gateway.adapters.kinds.base import SecretFile, SettingsModel
from radio_gateway.bus.broker import LOCAL, Broker
from radio_gateway.config_faults import ConfigError, validated

if TYPE_CHECKING:
    import ssl

PLAIN_PORT, TLS_PORT = 1883, 8883


class TlsSettings(SettingsModel):
    """`[mqtt.tls]`: with this table, even an empty one, the connection is encrypted."""

    ca_file: Path | None = Field(
        default=None,
        description="Certificates of those whom we believe who the broker is (PEM); without it, "
        "those of this machine.",
    )
    cert_file: Path | None = Field(
        default=None, description="Our own certificate (PEM), where the broker asks for one."
    )
    key_file: Path | None = Field(
        default=None, description="Key of our own certificate (PEM), without a passphrase."
    )

    @model_validator(mode="after")
    def _come_together(self) -> Self:
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file together, or neither")
        return self

    def context(self, beside: Path, place: str) -> "ssl.SSLContext":
        """Read the files, relative to the directory `beside`; raises ConfigError."""
        import ssl

        key, name = "ca_file", self.ca_file
        try:
            found = ssl.create_default_context(cafile=None if name is None else beside / name)
            found.minimum_version = ssl.TLSVersion.TLSv1_2
            if self.cert_file is not None and self.key_file is not None:
                key, name = "cert_file", self.cert_file
                found.load_cert_chain(beside / self.cert_file, beside / self.key_file, password="")
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
            wanted = f"found {name}, expected a PEM file that can be read ({reason})"
            raise ConfigError([f"{place}.tls.{key}: {wanted}"]) from None
        return found


class MqttSettings(SettingsModel):
    """`[mqtt]`: where the broker is and who we are to it."""

    host: str = Field(
        min_length=1, max_length=253, description="Name or IP address of the broker (MQTT 5)."
    )
    port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Its TCP port; without one 8883 with [mqtt.tls], 1883 without.",
    )
    username: str | None = Field(
        default=None, min_length=1, max_length=255, description="User that the broker knows us as."
    )
    password_file: SecretFile | None = Field(
        default=None,
        description="File with the password in its first line; relative to the configuration "
        "file, chmod 600.",
    )
    keepalive_s: int = Field(
        default=6,
        ge=2,
        le=60,
        description="Seconds of silence after which the broker is asked whether it is there; a "
        "dead one is noticed after about twice as many.",
    )
    tls: TlsSettings | None = Field(
        default=None, description="Encryption; needed unless the broker is on this machine."
    )

    @model_validator(mode="after")
    def _password_has_user(self) -> Self:
        if self.password_file is not None and self.username is None:
            raise ValueError("a username beside password_file")
        return self

    def broker(self, source: Path) -> Broker:
        """What a bus needs; reads the files of `tls`, relative to the file `source`.

        Raises:
            ConfigError: one of them cannot be used.
        """
        secret = self.password_file
        return Broker(
            host=self.host,
            port=self.port or (PLAIN_PORT if self.tls is None else TLS_PORT),
            tls=None if self.tls is None else self.tls.context(source.parent, f"{source}: mqtt"),
            username=self.username,
            password=None if secret is None else secret.get_secret_value(),
            keepalive_s=self.keepalive_s,
        )

    def advice(self) -> list[str]:
        """What works but should be changed."""
        if self.tls is None and self.host not in LOCAL:
            return ["without [mqtt.tls] everything can be read and changed on the way"]
        if self.username is None and self.tls is not None and self.tls.cert_file is None:
            return ["neither a username nor a certificate: the broker must let anybody in"]
        return []


def mqtt_settings(table: Any, source: Path) -> MqttSettings:
    """Check the table `mqtt` of a file that was read already.

    Raises:
        ConfigError: every fault on a line of its own.
    """
    lines: list[str] = []
    found = validated(MqttSettings, table, source, "mqtt", lines)
    if found is None:
        raise ConfigError(lines)
    return found
