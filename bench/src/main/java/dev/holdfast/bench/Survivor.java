package dev.holdfast.bench;

import java.util.ArrayList;
import java.util.List;

/** The ways to sit at a far terminal that are to survive a bad network. */
enum Survivor {
  NODE("holdfast to node"),
  KEPT_TMUX("holdfast to sshd, tmux"),
  KEPT_SCREEN("holdfast to sshd, screen"),
  SSH("ssh"),
  AUTOSSH_TMUX("autossh and tmux"),
  AUTOSSH_SCREEN("autossh and screen"),
  MOSH("mosh");

  private static final List<String> OURS = List.of(Resuming.launcher(), "ssh");
  private static final List<String> AUTOSSH = List.of("env", "AUTOSSH_GATETIME=0", "autossh");

  private static final String TMUX = " -f /dev/null new-session -A -D -s main ";

  /** What autossh's users set: a question every 5 s, and one may stay without an answer. */
  private static final String[] KEEP_ALIVE = {
    "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=1", "-t"
  };

  private final String label;

  Survivor(String label) {
    this.label = label;
  }

  /**
   * The servers, on the far side of a network.
   *
   * @param name of sessions, which nobody else uses
   */
  record FarSide(WideNetwork network, SshServer sshd, SshServer node, String name) {}

  /** Its name in tables. */
  String label() {
    return label;
  }

  /** The command of its client, which runs another one, of words without blanks, over there. */
  List<String> command(FarSide far, String remote) {
    var command = new ArrayList<>(far.network().atClient());
    command.addAll(
        switch (this) {
          case NODE -> ssh(far.node(), OURS, remote, "-t");
          case KEPT_TMUX -> ssh(far.sshd(), OURS, remote, kept(far, "tmux"));
          case KEPT_SCREEN -> ssh(far.sshd(), OURS, remote, kept(far, "screen"));
          case SSH -> ssh(far.sshd(), List.of("ssh"), remote, "-t");
          case AUTOSSH_TMUX -> autossh(far, "tmux -L " + far.name() + TMUX + "'" + remote + "'");
          case AUTOSSH_SCREEN -> autossh(far, "screen -D -R -S " + far.name() + "-a " + remote);
          case MOSH -> mosh(far, remote);
        });
    return command;
  }

  private static String[] kept(FarSide far, String keeper) {
    return new String[] {"-o", "HoldfastContext=" + keeper, "-S", far.name() + "-" + keeper, "-t"};
  }

  private static List<String> ssh(
      SshServer server, List<String> program, String remote, String... options) {
    List<String> command = server.client(program, server.port(), options);
    command.addAll(List.of(WideNetwork.SERVER, remote));
    return command;
  }

  private static List<String> autossh(FarSide far, String remote) {
    var program = new ArrayList<>(AUTOSSH);
    program.addAll(List.of("-M", "0"));
    return ssh(far.sshd(), program, remote, KEEP_ALIVE);
  }

  private static List<String> mosh(FarSide far, String remote) {
    List<String> ssh = far.sshd().client(List.of("ssh"), far.sshd().port());
    var command = new ArrayList<>(List.of("env", "LC_ALL=C.UTF-8", "mosh"));
    command.addAll(List.of("--ssh=" + String.join(" ", ssh), "--experimental-remote-ip=local"));
    command.addAll(List.of(WideNetwork.SERVER, "--"));
    command.addAll(List.of(remote.split(" ", -1)));
    return command;
  }
}
