"""Starts a service as systemd does, with a listening socket and an address for notices.

systemd.py DIRECTORY COMMAND... prints "port N", "main PID", and each notice as "notice TEXT"; on a
line of standard input that reads "start COMMAND" it starts another process of the service, without
the socket. It ends the last main process when its input ends.
"""
import array, os, shlex, signal, socket, subprocess, sys, threading

directory, command = sys.argv[1], sys.argv[2:]
address = os.path.join(directory, "notify")
notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notices.bind(address)
listener = socket.create_server(("127.0.0.1", 0))
environment = dict(os.environ, NOTIFY_SOCKET=address)
main = []
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Processes that end are gone, and no zombies.


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def listen():
    while True:
        text, ancillary, _, _ = notices.recvmsg(4096, socket.CMSG_SPACE(16))
        if text == b"END":
            return
        for _, _, data in ancillary:
            fds = array.array("i")
            fds.frombytes(data)
            for fd in fds:
                os.close(fd)
        for line in text.decode().splitlines():
            if line.startswith("MAINPID="):
                main.append(int(line[8:]))
            say("notice " + line)


say("port %d" % listener.getsockname()[1])
listening = threading.Thread(target=listen, daemon=True)
listening.start()
first = os.fork()
if first == 0:
    os.dup2(listener.fileno(), 3)
    os.execvpe(command[0], command, dict(environment, LISTEN_PID=str(os.getpid()), LISTEN_FDS="1"))
main.append(first)
say("main %d" % first)
for line in sys.stdin:
    word, _, rest = line.strip().partition(" ")
    if word == "start":
        child = subprocess.Popen(shlex.split(rest), env=environment)
        say("started %d" % child.pid)
os.kill(main[-1], signal.SIGTERM)
try:
    os.waitpid(main[-1], 0)
except ChildProcessError:
    pass  # It has ended.
notices.sendto(b"END", address)
listening.join()
