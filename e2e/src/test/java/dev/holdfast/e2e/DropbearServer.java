package dev.holdfast.e2e;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * Dropbear's server. It knows no other place for authorized_keys than the user's home, so it gets a
 * mount namespace in which that home is an empty file system with our key; this needs root.
 */
final class DropbearServer implements AutoCloseable {
  private static final String SCRIPT =
      """
      set -e
      mkdir -m 700 "$1/dot-ssh"
      cp "$2" "$1/dot-ssh/authorized_keys"
      chmod 600 "$1/dot-ssh/authorized_keys"
      mount -t tmpfs -o mode=700 tmpfs "$HOME"
      cp -rp "$1/dot-ssh" "$HOME/.ssh"
      dropbearkey -t ed25519 -f "$1/key" >/dev/null
      exec dropbear -F -E -p "$3" -r "$1/key" -P "$1/pid"
      """;

  private final InetSocketAddress address;
  private final Program program;

  private DropbearServer(InetSocketAddress address, Program program) {
    this.address = address;
    this.program = program;
  }

  static DropbearServer start() {
    Path directory = Scratch.directory("dropbear");
    InetSocketAddress address = Ports.free();
    Program program =
        Command.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                SCRIPT,
                "dropbear-server",
                directory.toString(),
                Keys.AUTHORIZED_KEYS.toString(),
                Ports.text(address))
            .with("HOME", System.getProperty("user.home"))
            .start();
    Ports.awaitListening(program, address.getPort());
    return new DropbearServer(address, program);
  }

  InetSocketAddress address() {
    return address;
  }

  String log() {
    return program.errors();
  }

  @Override
  public void close() {
    program.close();
  }
}
