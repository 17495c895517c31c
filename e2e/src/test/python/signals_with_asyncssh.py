"""What OpenSSH's client never sends: signals to a command. Its port is another ssh's, by a command."""

import asyncio
import sys

import asyncssh

host, user, key, certificate, *proxy = sys.argv[1:]


async def main():
    async with asyncssh.connect(
        host,
        username=user,
        client_keys=[(key, certificate)],
        agent_path=None,
        known_hosts=None,
        config=None,
        proxy_command=proxy,
    ) as connection:
        script = "trap 'echo told USR1' USR1; trap 'echo told INT; exit 9' INT; echo ready; while :; do sleep 0.1; done"
        async with connection.create_process(script) as process:
            print(await process.stdout.readline(), end="")
            process.send_signal("USR1")
            print(await process.stdout.readline(), end="")
            process.send_signal("INT")
            print(await process.stdout.readline(), end="")
            await process.wait()
            print("status:", process.exit_status)


asyncio.run(main())
