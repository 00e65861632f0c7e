"""What a web server does all day: encode the headers of many responses, and check that they decode to the same."""

import hashlib
import random

from hpack import Decoder, Encoder

CONNECTIONS = 1200
RESPONSES = 4


def responses(choice: random.Random) -> list[list[tuple[str, str]]]:
    """The headers of the responses on one connection."""
    return [
        [
            (":status", choice.choice(("200", "204", "304", "404"))),
            ("content-type", choice.choice(("text/html", "text/css", "application/json"))),
            ("content-length", str(choice.randrange(5000))),
            ("etag", f"{choice.getrandbits(32):08x}"),
            ("server", "demo/1.0"),
            ("vary", "accept-encoding"),
            ("via", "1.1 cache"),
        ]
        for _ in range(RESPONSES)
    ]


def main() -> None:
    """Prints a digest of all encoded headers."""
    choice = random.Random(2026)
    digest = hashlib.sha256()
    for number in range(CONNECTIONS):
        encoder, decoder = Encoder(), Decoder()
        for headers in responses(choice):
            block = encoder.encode(headers, huffman=False)
            digest.update(block)
            if number % 50 == 0 and [tuple(header) for header in decoder.decode(block)] != headers:
                raise SystemExit("the headers do not decode to what was encoded")
    print(digest.hexdigest())


if __name__ == "__main__":
    main()
