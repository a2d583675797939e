"""Keys that sign tokens, and the key set that lets others verify them."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from callbot.emulator.identity.certificates import write_private
from callbot.emulator.wire import JsonObject


class SigningKey:
    """One RSA 2048 key with its id. Making one takes a noticeable part of a second."""

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        self.private = private
        self.public = private.public_key()
        encoded = self.public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.kid = base64.urlsafe_b64encode(hashlib.sha256(encoded).digest()[:20]).rstrip(b"=").decode()

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new key."""
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=2048))

    @classmethod
    def load_or_create(cls, path: Path) -> "SigningKey":
        """Read the key in the PEM file `path`, or make one and keep it there."""
        try:
            private = serialization.load_pem_private_key(
                path.read_bytes(),
                password=None,
                unsafe_skip_rsa_key_validation=True,  # our own file; checking it takes longer than all else
            )
            if isinstance(private, rsa.RSAPrivateKey):
                return cls(private)
        except (OSError, ValueError):
            pass  # none there, or not a key: make a new one
        key = cls.generate()
        pem = key.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_private(path, pem)
        return key

    def public_jwk(self) -> JsonObject:
        """Return the public key as a member of a key set."""
        numbers = self.public.public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": _encode(numbers.n),
            "e": _encode(numbers.e),
        }


class KeyRing:
    """The keys of one signer: the one in use first, and the older ones it still publishes."""

    def __init__(self, key: SigningKey) -> None:
        self._keys = [key]

    @property
    def current(self) -> SigningKey:
        """The key that signs."""
        return self._keys[0]

    def rotate(self, key: SigningKey, *, publish_old: bool = True) -> None:
        """Sign with `key` from now on; the old keys stay published unless told otherwise."""
        self._keys = [key, *self._keys] if publish_old else [key]

    def sign(self, claims: Mapping[str, object], headers: Mapping[str, object] | None = None) -> str:
        """Return a token of `claims`, RS256, with the key's id in its header."""
        key = self.current
        return jwt.encode(
            dict(claims), key.private, algorithm="RS256", headers={"kid": key.kid, **(headers or {})}
        )

    def find(self, kid: object) -> SigningKey | None:
        """Return the published key with this id."""
        return next((key for key in self._keys if key.kid == kid), None)

    def key_set(self) -> JsonObject:
        """Return the published keys as a JSON Web Key Set."""
        return {"keys": [key.public_jwk() for key in self._keys]}


def _encode(number: int) -> str:
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
