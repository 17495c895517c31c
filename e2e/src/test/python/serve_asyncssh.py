"""An SSH server that asks two questions before it lets anybody in, one after the other.

serve_asyncssh.py PORT KEY: listens on loopback with that host key, and says "listening".
"""

import asyncio
import sys

import asyncssh


class TwoFactors(asyncssh.SSHServer):
    def __init__(self):
        self._passed = False

    def begin_auth(self, username):
        return True

    def public_key_auth_supported(self):
        return False

    def password_auth_supported(self):
        return False

    def kbdint_auth_supported(self):
        return True

    def get_kbdint_challenge(self, username, lang, submethods):
        return 'Two factors', 'First the one, then the other.', '', [('Password: ', False)]

    def validate_kbdint_response(self, username, responses):
        if not self._passed:
            self._passed = list(responses) == ['secret']
            return ('', '', '', [('Code: ', True)]) if self._passed else False
        return list(responses) == ['123456']


async def handle(process):
    process.stdout.write('ran %s for %s\n' % (process.command, process.get_extra_info('username')))
    process.stdout.write(await process.stdin.read())
    process.exit(7)


async def main():
    await asyncssh.create_server(
        TwoFactors, '127.0.0.1', int(sys.argv[1]), server_host_keys=[sys.argv[2]], process_factory=handle)
    print('listening', flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
