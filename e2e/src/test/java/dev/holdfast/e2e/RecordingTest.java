package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.Json;
import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.recording.Event;
import dev.holdfast.recording.Verification;
import dev.holdfast.recording.Verification.State;
import dev.holdfast.recording.Verifier;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node records what its clients get, whatever they are and whatever becomes of it. */
@Needs({Tool.SSH, Tool.RSYNC, Tool.TMUX})
final class RecordingTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final Path directory = Scratch.directory("recorded");
  private final DirectoryParts parts = new DirectoryParts(directory);
  private final Set<String> known = new HashSet<>();

  @AfterEach
  void close() {
    Leftovers.end(SOON);
  }

  /** A recording as it was found. */
  private record Found(String name, Verification verification, List<Event> events) {
    String output(Event.Way way) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      events.forEach(event -> {
        if (event.content() instanceof Event.Output(var each, byte[] bytes) && each == way) {
          all.writeBytes(bytes);
        }
      });
      return all.toString(StandardCharsets.UTF_8);
    }

    <T extends Event.Content> List<T> of(Class<T> type) {
      return events.stream().map(Event::content).filter(type::isInstance).map(type::cast).toList();
    }

    String about(String member) {
      return of(Event.Start.class).getFirst().about().values().get(member)
              instanceof Json.Text(String value)
          ? value
          : "";
    }
  }

  private Found read(String name) {
    List<Event> events = new ArrayList<>();
    try {
      return new Found(name, Verifier.verify(parts, name, events::add), events);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for the one recording that was not there before and that is in that state. */
  private Found next(State state) {
    List<Found> found = new ArrayList<>();
    Await.until(
        () -> "a recording that is " + state + ", not " + found,
        SOON,
        () -> {
          found.clear();
          for (String name : parts.recordings()) {
            if (!known.contains(name)) {
              found.add(read(name));
            }
          }
          return found.size() == 1 && found.getFirst().verification().state() == state;
        });
    known.add(found.getFirst().name());
    return found.getFirst();
  }

  private Node node(String mode) {
    return Node.with("  recording: " + mode + "\n  recordings: " + directory + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"node", "node-sync"})
  void everyByteThatAClientGotIsInTheRecording(String mode) throws Exception {
    try (Node node = node(mode)) {
      Ssh stock = Ssh.to(node.address(), null);
      Ssh ours = Ssh.to(node.address(), null).byHoldfast();
      for (Ssh client : new Ssh[] {stock, ours}) {
        Outcome command = client.exec("seq 1 200000; echo errors >&2; exit 7").run().exited(7);
        Found recorded = next(State.WHOLE);
        assertThat(recorded.output(Event.Way.STDOUT)).isEqualTo(command.output());
        assertThat(recorded.output(Event.Way.STDERR)).isEqualTo("errors\n");
        assertThat(recorded.of(Event.Exit.class))
            .containsExactly(new Event.Exit(Event.How.STATUS, 7, ""));
        assertThat(recorded.about("command")).startsWith("seq 1 200000");
        assertThat(recorded.about("login")).isEqualTo(Sshd.USER);

        Outcome shell = client.ssh("-tt", Ssh.HOST, "tty; seq 1 5000").run().ok();
        Found terminal = next(State.WHOLE);
        assertThat(terminal.output(Event.Way.STDOUT)).isEqualTo(shell.output());
        assertThat(terminal.about("content")).isEqualTo("terminal");
      }
      copies(stock);
    }
  }

  /** What sftp carries is not recorded; what rsync's server says is. */
  private void copies(Ssh client) throws IOException {
    Path file = Scratch.directory("copied").resolve("file");
    Sample.write(file, 1 << 20, 1);
    Path copy = file.resolveSibling("copy");
    client.scp(Ssh.HOST + ":" + file, copy.toString()).run().ok();
    assertThat(next(State.WHOLE).about("content")).isEqualTo("none");
    Path batch = Files.writeString(file.resolveSibling("batch"), "get " + file + " " + copy + "\n");
    client.sftp("-b", batch.toString(), Ssh.HOST).run().ok();
    assertThat(next(State.WHOLE).about("command")).isEqualTo("sftp");
    Command.of("rsync", "-e", client.asWord(), Ssh.HOST + ":" + file, copy + "2").run().ok();
    Found rsync = next(State.WHOLE);
    assertThat(rsync.verification().bytes()).isGreaterThan(1 << 20);
    assertThat(Files.mismatch(file, Path.of(copy + "2"))).isEqualTo(-1);
  }

  @Test
  void aPlayedSessionShowsTheScreenThatTheLiveOneShowed() {
    try (Node node = node("node")) {
      String live;
      Ssh client = Ssh.to(node.address(), null);
      Command shell = client.ssh("-tt", Ssh.HOST, "PS1='$ ' exec sh");
      try (Terminal terminal = Terminal.running(shell)) {
        terminal.awaitShown("$");
        terminal.resize(100, 30);
        terminal.enter("stty size");
        terminal.awaitShown("30 100");
        terminal.enter("seq 1 50; printf '\\033[31mred\\033[0m \\033[5;10Hthere\\n'");
        terminal.awaitShown("there");
        terminal.enter("printf '\\033[20;1H'; exit 3");
        assertThat(terminal.awaitStatus()).isEqualTo(3);
        live = terminal.screen().lines().filter(line -> !line.contains("closed")).toList() + "";
      }
      Found recorded = next(State.WHOLE);
      assertThat(recorded.of(Event.Resize.class)).contains(new Event.Resize(100, 30));
      Path where = directory.resolve(recorded.name());
      String text =
          Holdfast.command("play", "--format", "text", where.toString()).run().ok().output();
      assertThat(text).contains("30 100", "there").doesNotContain("\033");
      Command play = Holdfast.command("play", "--speed", "100", where.toString());
      Command wide = Command.of("sh", "-c", "sleep 0; stty cols 100 rows 30; exec \"$@\"", "sh");
      try (Terminal terminal = Terminal.running(wide.plus(play.words().toArray(String[]::new)))) {
        terminal.resize(100, 30);
        assertThat(terminal.awaitStatus()).isZero();
        assertThat(terminal.screen()).contains("red", "there", "50");
        assertThat(live).contains("red", "there", "50");
      }
    }
  }

  @Test
  void aNodeThatIsKilledLeavesARecordingThatSaysWhereItWasCut() {
    try (Node node = node("node")) {
      Program flood = Ssh.to(node.address(), null).exec("yes 0123456789").start();
      Await.until("a megabyte", SOON, () -> flood.output().length() > 1 << 20);
      node.generations().getFirst().signal("KILL");
      flood.await(SOON).exited(255);
      try (Node next = node.again()) {
        Found cut = next(State.CUT);
        assertThat(cut.verification().findings().getFirst())
            .startsWith("it was cut off behind event ")
            .contains("The node was killed or lost power");
        String recorded = cut.output(Event.Way.STDOUT);
        assertThat(recorded.length()).isGreaterThan(500_000);
        assertThat(recorded)
            .isEqualTo(
                "0123456789\n".repeat(recorded.length() / 11 + 1).substring(0, recorded.length()));
        Holdfast.command("recordings", "verify", directory.toString()).run().exited(1);
        assertThat(next.log()).contains("of a process that died was ended");
      }
    }
  }

  @Test
  @NeedsRoot
  void aFullDiskEndsASessionOrLeavesAGapAsItWasTold() {
    Path small = Scratch.directory("small");
    Command.of("mount", "-t", "tmpfs", "-o", "size=6m", "none", small.toString()).run().ok();
    try {
      String lines = "  recording: node\n  recordings: " + small.resolve("all") + "\n";
      try (Node node = Node.keeping(small.resolve("state"), lines)) {
        Outcome ended = Ssh.to(node.address(), null).exec("head -c 30M /dev/urandom").run();
        assertThat(ended.status()).isEqualTo(254);
        assertThat(ended.errors()).contains("The session could not be recorded: ");
        // What was kept for the session that has ended is free again.
        Command.of("dd", "if=/dev/zero", "of=" + small.resolve("rest"), "bs=4k").run().exited(1);
        assertThat(Ssh.to(node.address(), null).exec("true").run().exited(254).errors())
            .contains("This server records sessions and can't do so now");
        node.configure("  on-recording-failure: continue\n");
        assertThat(Ssh.to(node.address(), null).exec("echo goes on").run().ok().output())
            .isEqualTo("goes on\n");
      }
    } finally {
      Command.of("umount", "-l", small.toString()).run().ok();
    }
  }

  @Test
  void whatIsExportedPlaysElsewhere() throws Exception {
    try (Node node = node("node")) {
      Ssh.to(node.address(), null).exec("echo hello; exit 3").run().exited(3);
      String where = directory.resolve(next(State.WHOLE).name()).toString();
      Outcome cast =
          Holdfast.command("recordings", "export", "--format", "asciicast-v2", where).run().ok();
      assertThat(cast.output().lines().toList()).hasSize(2);
      assertThat(cast.output()).contains("\"o\", \"hello\\u000d\\n\"]");
      for (String line : cast.output().lines().toList()) {
        assertThat(Json.parse(line)).isNotNull();
      }
      assertThat(Holdfast.command("recordings", "verify", where).run().ok().output())
          .contains(": whole, 1 parts, ", "signed by SHA256:");
      assertThat(Holdfast.command("recordings", "ls", directory.toString()).run().ok().output())
          .contains("exec \"echo hello; exit 3\"", "whole");
      Path part = Path.of(where).resolve("00000000.part");
      byte[] bytes = Files.readAllBytes(part);
      bytes[bytes.length - 100] ^= 1;
      Files.write(part, bytes);
      Outcome damaged = Holdfast.command("recordings", "verify", where).run().exited(1);
      assertThat(damaged.output()).contains("part 0 is damaged at byte ");
    }
  }
}
