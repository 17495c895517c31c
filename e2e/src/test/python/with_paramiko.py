"""Logs in by paramiko, runs commands, copies a file there and back; prints what it saw.

Arguments: port, user, key, known_hosts, its alias, file to send, directory, proxy command or nothing.
"""

import sys

import paramiko

port, user, key, known_hosts, alias, sent, directory, *proxy = sys.argv[1:]

client = paramiko.SSHClient()
client.load_host_keys(known_hosts)
client.get_host_keys().add(
    f"[127.0.0.1]:{port}",
    "ssh-ed25519",
    client.get_host_keys()[alias]["ssh-ed25519"],
)
client.connect(
    "127.0.0.1",
    port=int(port),
    username=user,
    pkey=paramiko.Ed25519Key.from_private_key_file(key),
    allow_agent=False,
    look_for_keys=False,
    sock=paramiko.ProxyCommand(proxy[0]) if proxy else None,
)
print("server:", client.get_transport().remote_version)

stdin, stdout, stderr = client.exec_command("cat; echo err >&2; exit 42")
stdin.write("out")
stdin.channel.shutdown_write()
print("output:", stdout.read().decode())
print("errors:", stderr.read().decode().strip())
print("status:", stdout.channel.recv_exit_status())

with client.open_sftp() as sftp:
    sftp.put(sent, f"{directory}/there")
    sftp.get(f"{directory}/there", f"{directory}/back")
client.close()
