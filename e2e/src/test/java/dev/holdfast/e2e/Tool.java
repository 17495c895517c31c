package dev.holdfast.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Programs of others that tests are made with: how each is found, and the Debian package that
 * brings it.
 */
enum Tool {
  ANSIBLE("ansible-core", "ansible"),
  ASCIINEMA("asciinema", "asciinema"),
  ASYNCSSH("python3-asyncssh", "/usr/lib/python3/dist-packages/asyncssh"),
  AUTOSSH("autossh", "autossh"),
  CHROMIUM("chromium", "chromium"),
  CURL("curl", "curl"),
  DROPBEAR("dropbear-bin", "dropbear"),
  DTACH("dtach", "dtach"),
  FUSE("fuse3 (and the device /dev/fuse)", "/dev/fuse"),
  GCC("gcc", "gcc"),
  GIT("git", "git"),
  IP("iproute2", "ip"),
  NETCAT("netcat-openbsd", "nc"),
  PARAMIKO("python3-paramiko", "/usr/lib/python3/dist-packages/paramiko"),
  PUTTY("putty-tools", "plink"),
  RSYNC("rsync", "rsync"),
  SCREEN("screen", "screen"),
  SOCAT("socat", "socat"),
  SOFTHSM("softhsm2", "/usr/lib/softhsm/libsofthsm2.so"),
  SSH("openssh-client", "ssh"),
  SSHD("openssh-server", "/usr/sbin/sshd"),
  SSHFS("sshfs", "sshfs"),
  TCPDUMP("tcpdump", "tcpdump"),
  TMUX("tmux", "tmux"),
  VIM("vim", "vim"),
  XAUTH("xauth", "xauth"),
  XDPYINFO("x11-utils", "xdpyinfo"),
  XVFB("xvfb", "Xvfb");

  private static final List<String> PATH =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private final String debianPackage;
  private final String found;

  Tool(String debianPackage, String found) {
    this.debianPackage = debianPackage;
    this.found = found;
  }

  String debianPackage() {
    return debianPackage;
  }

  boolean isHere() {
    return found.startsWith("/")
        ? Files.exists(Path.of(found))
        : PATH.stream().anyMatch(directory -> Files.isExecutable(Path.of(directory, found)));
  }
}
