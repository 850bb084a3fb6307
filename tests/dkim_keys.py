"""Public halves of keys made for the tests with OpenSSL; nobody kept the others."""

from typing import Final

RSA_2048: Final = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvL4pZRIxNlimSv4ZhFTicewHIZ9u8Pc3"
    "8GnCg50Vfke3inPkoz2Ih/ClGKt4ULQHQh7UkVklb/hoCnhqNeZBLDCHt1Q+aisGFd4pt2bhWioV"
    "XVZt5WnYr843rxs5qLnbMq654MFtxDP9y592bbWTnfEOemjNmcznVr/8zlsCn+1kYfS1pENe+t2w"
    "tbpLkgGhZuWRLMrxkirZW1BJu9nFiCfynZRVjYBJoF83GeP6CeLPQoJjDvBYtFUmttJm8pwaPdFS"
    "N+BGyCWvxj1R48Y9jB9UyoPh4P+Qy5qLBDp/2I6rO7BMfF8HyVNq19DBtUs6seTbL1Bq+Fwsj/h+"
    "0sc0awIDAQAB"
)
# The same without the envelope that says its kind (PKCS #1).
BARE_RSA_2048: Final = (
    "MIIBCgKCAQEAvL4pZRIxNlimSv4ZhFTicewHIZ9u8Pc38GnCg50Vfke3inPkoz2Ih/ClGKt4ULQH"
    "Qh7UkVklb/hoCnhqNeZBLDCHt1Q+aisGFd4pt2bhWioVXVZt5WnYr843rxs5qLnbMq654MFtxDP9"
    "y592bbWTnfEOemjNmcznVr/8zlsCn+1kYfS1pENe+t2wtbpLkgGhZuWRLMrxkirZW1BJu9nFiCfy"
    "nZRVjYBJoF83GeP6CeLPQoJjDvBYtFUmttJm8pwaPdFSN+BGyCWvxj1R48Y9jB9UyoPh4P+Qy5qL"
    "BDp/2I6rO7BMfF8HyVNq19DBtUs6seTbL1Bq+Fwsj/h+0sc0awIDAQAB"
)

RSA_1024: Final = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCXZmausmXl0OUN0k8P5fFNNcJWkR3uetgqWfzQ"
    "cgAxWKbQYE71Zpa7QIWh78uUr7tKKJdNPpQIxkuQHrUaIXWoI+LZCqbepQBsojfsCA55P7SJUq6e"
    "Cd9yRweQlJbOutOI0/82JEUNh3wYFxAoL1CjgZN0G0xArkbJfPDCLkEe5QIDAQAB"
)

RSA_768: Final = (
    "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAMiRwbRs2D6UC3TRKz82W6ib0G668eqsHxPqGPiPFww5"
    "YUwGMhWcKlIEPeUHr8MVSD+PK5xh/xfinXwqIHr2cBPtbZk5hAXhRT3wr/v0H45unur09ZrZ8WGF"
    "V486f/mFVwIDAQAB"
)

ED25519: Final = "9yeeWOtxafb4yI9EiWgFaTJMp5uYr4klEdmBkJ/ozpw="
