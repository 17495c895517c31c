"""Logs in by asyncssh, runs commands, copies a file there and back; prints what it saw.

Arguments: port, user, key, known_hosts, its alias, file to send, directory, proxy command or nothing.
"""

import asyncio
import sys

import asyncssh

port, user, key, known_hosts, alias, sent, directory, *proxy = sys.argv[1:]


async def main():
    async with asyncssh.connect(
        "127.0.0.1",
        int(port),
        username=user,
        client_keys=[key],
        known_hosts=known_hosts,
        host_key_alias=alias,
        config=None,
        agent_path=None,
        proxy_command=proxy[0] if proxy else (),
    ) as connection:
        print("server:", connection.get_extra_info("server_version"))
        result = await connection.run("cat; echo err >&2; exit 42", input="out")
        print("output:", result.stdout)
        print("errors:", result.stderr.strip())
        print("status:", result.exit_status)
        print("signal:", (await connection.run("kill -TERM $$")).exit_signal[0])
        async with connection.start_sftp_client() as sftp:
            await sftp.put(sent, f"{directory}/there")
            await sftp.get(f"{directory}/there", f"{directory}/back")


asyncio.run(main())
