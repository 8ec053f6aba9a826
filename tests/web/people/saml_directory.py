"""A municipality's directory that speaks SAML 2.0: it reads what it is asked and signs what it answers, which can be spoilt."""

from __future__ import annotations

import base64
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

SPACES = {"samlp": "urn:oasis:names:tc:SAML:2.0:protocol", "saml": "urn:oasis:names:tc:SAML:2.0:assertion"}
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
ANA = {"urn:oid:0.9.2342.19200300.100.1.3": "Ana@vila.example", "urn:oid:2.16.840.1.113730.3.1.241": "Ana Maria"}


def pair() -> tuple[bytes, bytes]:
    """A key and its certificate, PEM."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "directory")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    form = serialization.Encoding.PEM
    return key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()), made.public_bytes(form)


@dataclass
class Directory:
    port: int
    key: bytes = field(default_factory=bytes)
    certificate: bytes = field(default_factory=bytes)

    @property
    def entity(self) -> str:
        return f"http://127.0.0.1:{self.port}/metadata"

    def metadata(self) -> bytes:
        plain = b"".join(self.certificate.splitlines()[1:-1]).decode()
        return f"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
entityID="{self.entity}"><md:IDPSSODescriptor protocolSupportEnumeration="{SPACES["samlp"]}"><md:KeyDescriptor use="signing"><ds:KeyInfo>
<ds:X509Data><ds:X509Certificate>{plain}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="http://127.0.0.1:{self.port}/sso"/>
</md:IDPSSODescriptor></md:EntityDescriptor>""".encode()

    def answer(
        self,
        asked: str,
        *,
        name: str = "17",
        form: str = PERSISTENT,
        attributes: dict[str, str] = ANA,
        ages: timedelta = timedelta(),
        key: bytes | None = None,
        sign: bool = True,
        before: Callable[[etree._Element], object] = lambda _: None,
        after: Callable[[etree._Element], object] = lambda _: None,
    ) -> str:
        """The SAMLResponse to an address that a browser was sent to; spoilt before it is signed, or after."""
        (packed,) = parse_qs(urlsplit(asked).query)["SAMLRequest"]
        request = etree.fromstring(zlib.decompress(base64.b64decode(packed), -15))
        to, site = request.get("AssertionConsumerServiceURL"), request.findtext("saml:Issuer", namespaces=SPACES)
        assert request.get("Destination") == f"http://127.0.0.1:{self.port}/sso"
        now = datetime.now(UTC) - ages
        at, until, since = (f"{t:%Y-%m-%dT%H:%M:%SZ}" for t in (now, now + timedelta(minutes=3), now - timedelta(minutes=1)))
        number = request.get("ID")
        said = "".join(
            f'<saml:Attribute Name="{k}"><saml:AttributeValue>{v}</saml:AttributeValue></saml:Attribute>' for k, v in attributes.items()
        )
        whole = etree.fromstring(f"""<samlp:Response xmlns:samlp="{SPACES["samlp"]}" xmlns:saml="{SPACES["saml"]}" ID="_r" Version="2.0"
IssueInstant="{at}" Destination="{to}" InResponseTo="{number}"><saml:Issuer>{self.entity}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
<saml:Assertion ID="_a" Version="2.0" IssueInstant="{at}"><saml:Issuer>{self.entity}</saml:Issuer>
<saml:Subject><saml:NameID Format="{form}">{name}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
<saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{to}" InResponseTo="{number}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}">
<saml:AudienceRestriction><saml:Audience>{site}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{at}"><saml:AuthnContext>
<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement>{said}</saml:AttributeStatement></saml:Assertion></samlp:Response>""")
        before(whole)
        if sign:
            signed(whole.find("saml:Assertion", SPACES), key or self.key)
        after(whole)
        return base64.b64encode(etree.tostring(whole)).decode()


def signed(assertion: etree._Element, key: bytes) -> None:
    """Sign an assertion, behind its issuer, as the schema wants it."""
    seal = xmlsec.template.create(assertion, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA256)
    assertion.insert(1, seal)
    reference = xmlsec.template.add_reference(seal, xmlsec.Transform.SHA256, uri="#" + assertion.get("ID"))
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    context = xmlsec.SignatureContext()
    context.register_id(assertion)
    context.key = xmlsec.Key.from_memory(key, xmlsec.KeyFormat.PEM)
    context.sign(seal)


@contextmanager
def directory() -> Iterator[Directory]:
    """One whose metadata can be asked for."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(made.metadata())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Door)
    made = Directory(server.server_port, *pair())
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
