"""Settings that links of the Homebrew family share."""

from typing import Final, Literal, Self

from pydantic import Field, SecretStr, model_validator

from radio_gateway.adapters._homebrew_packets import TextConfig, TextForm
from radio_gateway.adapters.kinds.base import SecretFile, SettingsModel

SHORT_PASSPHRASE: Final = 8
"Characters; the salt of the protocol is so short that weaker ones are guessed from one login."


class PassphraseSettings(SettingsModel):
    """A shared secret, in the file or better in one of its own."""

    passphrase: SecretStr | None = Field(
        default=None, description="Shared secret; better kept in `passphrase_file`."
    )
    passphrase_file: SecretFile | None = Field(
        default=None,
        description="File whose first line is the shared secret, relative to this file.",
    )

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if (self.passphrase is None) == (self.passphrase_file is None):
            raise ValueError("exactly one of `passphrase` and `passphrase_file`")
        if not self.secret:
            raise ValueError("a passphrase that is not empty")
        return self

    @property
    def secret(self) -> str:
        """The passphrase, wherever it was given."""
        given = self.passphrase if self.passphrase is not None else self.passphrase_file
        return "" if given is None else given.get_secret_value()

    @property
    def short(self) -> bool:
        """Whether it is too easily guessed."""
        return len(self.secret) < SHORT_PASSPHRASE


class CallSettings(SettingsModel):
    """How transmissions become conversations."""

    hang_time_s: float = Field(
        default=3.0,
        ge=0,
        le=30,
        description="Seconds after a transmission within which the next one belongs to it; texts "
        "keep away from the slot for as long.",
    )


class TextSettings(CallSettings):
    """Texts to radios."""

    dispatcher_id: int | None = Field(
        default=None,
        ge=1,
        le=0xFF_FFFE,
        description="Radio number that texts, call alerts and radio checks come from; without it "
        "none are sent.",
    )
    text_format: Literal["standard", "motorola"] = Field(
        default="standard",
        description="standard: short data of the DMR standard; motorola: the text messages of "
        "MOTOTRBO radios.",
    )
    text_confirmation: bool = Field(
        default=True,
        description="Ask the radio to confirm a text, and send it up to five times. false: radios "
        "that do not answer are not sent it again, and no text counts as delivered.",
    )
    text_slot: Literal[1, 2] = Field(
        default=2,
        description="Timeslot for texts to talkgroups, and to radios that were not heard yet.",
    )

    @property
    def texts(self) -> TextConfig:
        """The same for the adapter."""
        return TextConfig(
            source=self.dispatcher_id,
            form=TextForm(self.text_format),
            confirmed=self.text_confirmation,
            slot=self.text_slot,
            pause_s=self.hang_time_s,
        )
