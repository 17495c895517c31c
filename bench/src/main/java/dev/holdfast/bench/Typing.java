package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * How soon a key is shown on a slow and lossy way: {@code holdfast ssh}, which guesses, to a node
 * and to sshd, ssh, and mosh, all at once; each types the same lines at a shell with the same
 * pauses.
 */
final class Typing {
  private static final String[] NETWORK = {"delay=150ms", "loss=5"};
  private static final long SEED = 20;

  /** There and back, and 50 ms. */
  private static final long ROUND_TRIP_MILLIS = 350;

  private static final long AT_ONCE_MILLIS = 20;

  private static final List<TypedLine> LINES =
      Stream.of(
              "ls -l /etc/hostname",
              "cd /etc",
              "grep -n root pas\u007f\u007fasswd | head -3",
              "echo the quick brown fox",
              "git status",
              "cat hostanme\u007f\u007f\u007fname",
              "for i in 1 2 3; do echo $i; done",
              "uptime",
              "ps aux | wc -l",
              "echo all of it was typed by hand, not pasted")
          .map(TypedLine::of)
          .toList();

  private final Plan.Ssh amounts;
  private final Results results;

  Typing(Plan plan, Results results) {
    this.amounts = plan.ssh();
    this.results = results;
  }

  void measure() throws IOException {
    try (WideNetwork network = WideNetwork.start(NETWORK)) {
      var place = new SshServer.Place(WideNetwork.SERVER, network.atServer());
      try (SshServer sshd = SshServer.start(SshServer.Kind.SSHD, place);
          SshServer node = SshServer.start(SshServer.Kind.NODE, place)) {
        String own = "hfb-" + ProcessHandle.current().pid() + "-" + System.nanoTime() % 100_000;
        var far = new Survivor.FarSide(network, sshd, node, own);
        java.nio.file.Path shell = Files.createTempFile("holdfast-bench-", ".sh");
        shell.toFile().deleteOnExit();
        Files.writeString(
            shell, "PS1='" + Typist.PROMPT + "' HISTFILE= exec bash --norc --noprofile -i\n");
        for (int repetition = 0; repetition < amounts.repetitions(); repetition++) {
          System.err.println("bench: typing, " + (repetition + 1));
          typeAll(far, "bash " + shell, SEED + repetition);
        }
        Files.delete(shell);
      }
    }
  }

  private void typeAll(Survivor.FarSide far, String shell, long seed) throws IOException {
    var typing = new ArrayList<Together<Typist.Seen>>();
    List<Survivor> all = List.of(Survivor.NODE, Survivor.KEPT_TMUX, Survivor.SSH, Survivor.MOSH);
    for (Survivor each : all) {
      typing.add(Together.begin(() -> type(each, each.command(far, shell), seed)));
    }
    for (int i = 0; i < all.size(); i++) {
      Typist.Seen seen = typing.get(i).await();
      String label = all.get(i).label();
      add("keys shown within 20 ms", "%", label, seen.within(AT_ONCE_MILLIS));
      long[] delays = seen.delays().stream().mapToLong(Long::longValue).toArray();
      for (double percent : new double[] {50, 90}) {
        String name = "a key is shown, p" + Results.number(percent);
        add(name, "ms", label, Figures.percentile(delays, percent) / 1e6);
      }
      add("wrong for more than 350 ms", "", label, (double) seen.wrongFor(ROUND_TRIP_MILLIS));
    }
  }

  private static Typist.Seen type(Survivor survivor, List<String> command, long seed)
      throws IOException {
    try (WatchedTerminal terminal = WatchedTerminal.running(command)) {
      var typist = new Typist(terminal, new Random(seed));
      for (TypedLine line : LINES) {
        typist.type(line);
      }
      typist.type(TypedLine.of("exit"));
      return typist.seen();
    } catch (IOException e) {
      throw new IOException(survivor.label() + ": " + e.getMessage(), e);
    }
  }

  private void add(String name, String unit, String label, double value) {
    results.add(new Results.Measure("300 ms, 5 % loss: " + name, unit), label, value);
  }
}
