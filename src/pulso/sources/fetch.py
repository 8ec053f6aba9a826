"""The door of a source: the one `Get` that a connector is given, and what stands behind it. See docs/reference/fetching.md."""

from __future__ import annotations

import hashlib
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from pulso.city import SourceConf
from pulso.errors import CityFileError, Mistake, SourceChanged, SourceUnavailable
from pulso.shapes import Raw
from pulso.sources.addresses import brief, host_of, origin, shown
from pulso.sources.asking import Asker, Reply
from pulso.sources.mirror import Mirror
from pulso.sources.raw_store import Kept, RawStore, retention

BODY = 32  # hexadecimal digits of a digest that speak of the body
Strip = Callable[[bytes], bytes]
Progress = Callable[[int, int], object]


class Unanswered(NamedTuple):
    """An address that brought nothing, without its secrets, and why, for a person."""

    url: str
    why: str


class Counts(NamedTuple):
    """What became of the addresses asked; the last four sum to the first once the asking is done."""

    asked: int
    new: int
    unchanged: int  # as the lake has read it already
    absent: int  # 404, 410: a gap
    unanswered: int


def digest(sha256: str, salt: str) -> str:
    """The digest of an answer: one half says what its body is (given by its sha256), the other what reads it (the salt)."""
    return sha256[:BODY] + hashlib.sha256(salt.encode()).hexdigest()[BODY:]


def mirror_from(folder: str | Path | None = None) -> Mirror | None:
    """The mirror of `--mirror DIR`, else of PULSO_MIRROR (several folders are separated as in PATH), else None: the network."""
    given = str(folder) if folder else os.environ.get("PULSO_MIRROR", "")
    folders = [Path(name).expanduser() for name in given.split(os.pathsep) if name]
    for path in folders:
        if not path.is_dir():
            raise SourceUnavailable(f"The mirror {path} is not a folder. Give --mirror or PULSO_MIRROR a folder that holds host/path.")
    return Mirror(folders) if folders else None


class _Memory:
    """What the door of a source and its replay share: what the lake knows, what was kept, and the counting."""

    def __init__(self, conf: SourceConf, *, salt: str, known: Mapping[str, str], raw: Path, progress: Progress | None) -> None:
        self.conf = conf
        self.store = RawStore(raw, retention(conf.keep_raw))
        self.unanswered: list[Unanswered] = []
        self._salt = salt
        self._known = known
        self._progress = progress
        self._counts: Counter[str] = Counter()
        self._absent = ""  # the first address where nothing lies

    @property
    def counts(self) -> Counts:
        """What became of the addresses asked until now."""
        return Counts(*(self._counts[name] for name in Counts._fields))

    def letter(self) -> str | None:
        """What did not answer, in a few lines for a person, hosts apart; None where everything did."""
        by_host: dict[str, list[Unanswered]] = {}
        for u in self.unanswered:
            by_host.setdefault(host_of(u.url), []).append(u)
        if not by_host:
            return None
        share = f"{len(self.unanswered):,} of {self._counts['asked']:,} addresses"
        lines = [f"Source {self.conf.name}: {share} brought nothing; until the next collection they are gaps."]
        lines += [f"  {host}: {len(them):,}. The first: {them[0].why}" for host, them in by_host.items()]
        return "\n".join(lines)

    def nowhere(self) -> str | None:
        """A letter where nothing is known of the source and nothing lies at any of its addresses: most likely they are misspelt."""
        counts = self.counts
        if self._known or not counts.asked or counts.absent < counts.asked:
            return None
        return (
            f"Source {self.conf.name}: nothing lies at any of its {counts.asked:,} addresses. The first: {self._absent}. "
            f"Correct sources.{self.conf.name}.url, or its days, in the city file."
        )

    def _asking(self, n: int) -> None:
        self._counts["asked"] += n

    def _done(self, what: str) -> None:
        self._counts[what] += 1
        if self._progress:
            self._progress(self._counts.total() - self._counts["asked"], self._counts["asked"])

    def _digest(self, sha256: str) -> str:
        return digest(sha256, self._salt)

    def _raw(self, origin: str, body: bytes, sha256: str, content_type: str) -> Raw | None:
        """The answer, if the lake has not read it, with what reads it now, before."""
        raw = Raw(origin, body, self._digest(sha256), content_type)
        new = self._known.get(origin) != raw.digest
        self._done("new" if new else "unchanged")
        return raw if new else None


class Door(_Memory):
    """A `Get` that asks for real: through the asker, past the raw store. One a source and collection; close it before the lake commits.

    Parameters
    ----------
    conf
        The source: its name, whether it is personal, and how long raw answers are kept.
    asker
        Who asks the network or the mirror; one a run, shared by all doors.
    salt
        What reads the answers: the digest of the source's section and the reader's version. With another salt everything is new.
    known
        Origin → digest of what the lake has read. The same digest again is nothing new.
    raw
        The folder of this source's raw answers; made when first needed.
    strip
        Takes what is personal out of a body. It acts before anything is kept, hashed or handed on.
    refuse
        Raises a letter where a body must not be kept at all: it names people, and nothing of this connector strips it.
    progress
        Called with (addresses done, addresses asked until now), in the thread of whoever asks.
    now
        The clock, in UTC.

    Raises
    ------
    CityFileError
        Where the source is personal and nothing strips it.
    LakeError
        In use: where a raw answer can't be kept.
    """

    def __init__(
        self,
        conf: SourceConf,
        asker: Asker,
        *,
        salt: str,
        known: Mapping[str, str],
        raw: Path,
        strip: Strip | None = None,
        refuse: Callable[[bytes, str], None] | None = None,
        progress: Progress | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(conf, salt=salt, known=known, raw=raw, progress=progress)
        if conf.personal and strip is None:
            allowed = f"a source with personal data needs a connector that strips it at the door, and {conf.connector!r} does not"
            raise CityFileError("city.toml", [Mistake(f"sources.{conf.name}.personal", True, allowed)])
        self._asker = asker
        self._strip = strip
        self._refuse = refuse
        self._quote = not conf.personal  # whether letters may repeat what a server says
        self._now = now
        self._urls: dict[str, str] = {}  # by origin
        self._pool: ThreadPoolExecutor | None = None
        self.store.prune(now())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Have the disk hold what was kept, and let the helpers go."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
        self.store.sync()

    def __call__(self, url: str) -> Raw | None:
        """Ask one address: see shapes.Get."""
        self._asking(1)
        try:
            return self._receive(url, lambda: self._asker.ask(url, self._condition(url), quote=self._quote))
        except SourceUnavailable as why:
            self._note(url, why)
            raise

    def each(self, urls: list[str]) -> Iterator[Raw]:
        """Ask many, a few ahead of the reading: see shapes.Get. What does not answer is in `unanswered`."""
        self._asking(len(urls))
        waiting: deque[tuple[str, Future[Reply]]] = deque()
        ahead = 1 if self._asker.mirror else self._asker.limits.ahead  # a folder answers at once
        rest = iter(urls)
        try:
            while True:
                waiting.extend((url, self._begin(url)) for url in islice(rest, ahead - len(waiting)))
                if not waiting:
                    return
                url, reply = waiting.popleft()
                try:
                    raw = self._receive(url, reply.result)
                except SourceUnavailable as why:
                    self._note(url, why)
                    continue
                if raw is not None:
                    yield raw
        finally:
            for _, reply in waiting:
                reply.cancel()

    def _begin(self, url: str) -> Future[Reply]:
        """Begin to ask. A folder is asked here and now: threads would only be in each other's way."""
        condition = self._condition(url)
        if self._asker.mirror is None:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._asker.limits.ahead, thread_name_prefix=f"door-{self.conf.name}")
            return self._pool.submit(self._asker.ask, url, condition, quote=self._quote)
        done: Future[Reply] = Future()
        try:
            done.set_result(self._asker.ask(url, condition, quote=self._quote))
        except SourceUnavailable as why:
            done.set_exception(why)
        return done

    def _condition(self, url: str) -> dict[str, str]:
        """The headers that ask for news only; none where the body would be needed and is not kept.

        None either where bodies are stripped: what took out too much then may know better now, and only the whole body tells.
        """
        kept = self.store.newest(origin(url))
        if kept is None or self._strip or not (kept.etag or kept.modified):
            return {}
        if self._known.get(kept.origin) != self._digest(kept.sha256) and self.store.body(kept) is None:
            return {}
        return {name: text for name, text in (("If-None-Match", kept.etag), ("If-Modified-Since", kept.modified)) if text}

    def _receive(self, url: str, reply_of: Callable[[], Reply]) -> Raw | None:
        name = origin(url)
        if self._urls.setdefault(name, url) != url:
            raise SourceUnavailable(f"{name} stands for two addresses that differ only in what is hidden: write the secret as ${{NAME}}")
        reply = reply_of()
        if reply.unchanged:
            kept = self.store.newest(name)
            if kept and self._known.get(name) == self._digest(kept.sha256):
                self._done("unchanged")
                return None
            body = self.store.body(kept) if kept else None
            if kept and body is not None:
                return self._raw(name, body, kept.sha256, kept.content_type)
            reply = self._asker.ask(url, quote=self._quote)  # the server says that we have it, and we do not
            if reply.unchanged:
                raise SourceUnavailable(f"{brief(url)} did not answer: it says that nothing is new, without having been asked for news")
        if reply.body is None:
            self._absent = self._absent or shown(url)
            self._done("absent")
            return None
        if self._refuse:
            self._refuse(reply.body, brief(url))
        body = self._stripped(reply.body)
        sha256 = hashlib.sha256(body).hexdigest()
        if shown(url) != name:  # what an address that moves is tagged with says nothing of the one that it settles into
            reply = reply._replace(etag="", modified="")
        self.store.add(name, body, sha256, self._now(), etag=reply.etag, modified=reply.modified, content_type=reply.content_type)
        return self._raw(name, body, sha256, reply.content_type)

    def _stripped(self, body: bytes) -> bytes:
        """An answer without anybody in it. One that breaks the reader brought nothing: what waits for its address waits, others go on."""
        try:
            return self._strip(body) if self._strip else body
        except SourceChanged as why:
            raise SourceUnavailable(str(why)) from None

    def _note(self, url: str, why: SourceUnavailable) -> None:
        self.unanswered.append(Unanswered(shown(url), str(why)))
        self._done("unanswered")


class Replay(_Memory):
    """A `Get` over the raw answers that were kept, without a network: of each address the newest, or the newest as of a moment.

    `read` says by origin which answer the lake read last, which is the one then: an error page that came since is no answer. An address
    of which nothing is kept is like a 404: it is counted as absent. Before a lake forgets anything, `lacking` says what it could not
    get back.
    """

    def __init__(
        self,
        conf: SourceConf,
        *,
        salt: str,
        raw: Path,
        known: Mapping[str, str] | None = None,
        progress: Progress | None = None,
        as_of: datetime | None = None,
        read: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(conf, salt=salt, known=known or {}, raw=raw, progress=progress)
        self._as_of = as_of
        self._read = read or {}

    def __call__(self, url: str) -> Raw | None:
        """Give back what one address answered: see shapes.Get."""
        self._asking(1)
        return self._again(url)

    def each(self, urls: list[str]) -> Iterator[Raw]:
        """Give back what many addresses answered, in their order: see shapes.Get."""
        self._asking(len(urls))
        for url in urls:
            if (raw := self._again(url)) is not None:
                yield raw

    def lacking(self, origins: Iterable[str]) -> list[str]:
        """The origins that can't be given back: never kept, beyond the retention, or torn. What the lake has of them would be lost."""
        kept = {name: self._kept(name) for name in origins}
        return [name for name, k in kept.items() if k is None or self.store.body(k) is None]

    def _again(self, url: str) -> Raw | None:
        kept = self._kept(origin(url))
        body = self.store.body(kept) if kept else None
        if kept is None or body is None:
            self._done("absent")
            return None
        return self._raw(kept.origin, body, kept.sha256, kept.content_type)

    def _kept(self, name: str) -> Kept | None:
        """The answer of an origin that the lake read; of one that it never read, the newest."""
        read = self._read.get(name)
        if read is None:
            return self.store.newest(name, self._as_of)
        return next((k for k in self.store.versions(name) if k.sha256[:BODY] == read[:BODY]), None)
