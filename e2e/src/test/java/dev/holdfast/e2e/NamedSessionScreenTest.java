package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.terminal.Cell;
import dev.holdfast.terminal.Repaint;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A person in vim in a named session of a node, whose client is killed: another client has the same
 * screen, cell by cell as the terminal's model sees it, the earlier output above it, and every key
 * once.
 */
@Needs({Tool.SSH, Tool.VIM})
final class NamedSessionScreenTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Size SIZE = new Size(80, 24);

  private final Path directory = Scratch.directory("named");

  @Test
  void theNextClientHasScreenAndScrollbackAndNoKeyIsLostOrDoubled() throws Exception {
    Path text = directory.resolve("text");
    try (Node node = Node.forClients();
        CuttingRelay relay = new CuttingRelay(node.address())) {
      List<List<Cell>> before;
      try (Client first = new Client(Ssh.to(node.address(), null))) {
        first.type("PS1='$ ' LC_ALL=C.UTF-8 TERM=xterm-256color exec bash --norc --noprofile\r");
        first.awaitLine("$");
        first.type("stty rows 24 cols 80; seq 1 200\r");
        first.awaitLine("200");
        first.type("vim -u NONE -N -c 'syntax on' -c 'set ruler hlsearch' " + text + "\r");
        first.awaitShown("[New]");
        first.type("ifirst line\rsecond \u6f22\u5b57 \u00fc\33/line\r");
        first.awaitShown("1,7");
        before = first.cells();
        first.ssh.signal("KILL");
      }
      try (Client second = new Client(Ssh.to(relay.address(), Holdfast.proxyCommand("%h", "%p")))) {
        second.awaitShown("1,7");
        Await.until(
            () -> "the same screen: " + second.screen(), SOON, () -> second.cells().equals(before));
        relay.reset();
        second.type("GA and more");
        relay.reset();
        second.type(" keys\33:wq\r");
        Await.until("the file", SOON, () -> Files.exists(text));
        second.awaitLine("$");
        assertThat(Files.readString(text))
            .isEqualTo("first line\nsecond \u6f22\u5b57 \u00fc and more keys\n");
        assertThat(second.numbers()).isEqualTo(IntStream.rangeClosed(1, 200).boxed().toList());
        second.type("exit 3\r");
        second.ssh.await(SOON).exited(3);
      }
    }
    Leftovers.end(SOON);
  }

  /** Stock ssh in the session "work", before a terminal that is a model. */
  private static final class Client implements AutoCloseable {
    private final Program ssh;

    Client(Ssh client) {
      ssh = client.ssh("-tt", "-o", "SetEnv=HOLDFAST_SESSION=work", Ssh.HOST).start();
    }

    void type(String keys) {
      ssh.type(keys);
    }

    /** The model that has seen all that came so far. */
    private dev.holdfast.terminal.Terminal model() {
      dev.holdfast.terminal.Terminal model =
          new dev.holdfast.terminal.Terminal(SIZE, Settings.DEFAULT);
      model.feed(ssh.output().getBytes(StandardCharsets.UTF_8));
      return model;
    }

    List<List<Cell>> cells() {
      dev.holdfast.terminal.Terminal model = model();
      List<List<Cell>> rows = new ArrayList<>();
      for (int row = 0; row < SIZE.rows(); row++) {
        List<Cell> cells = new ArrayList<>();
        for (int column = 0; column < SIZE.columns(); column++) {
          cells.add(model.cell(row, column));
        }
        rows.add(cells);
      }
      return rows;
    }

    List<String> screen() {
      dev.holdfast.terminal.Terminal model = model();
      return IntStream.range(0, SIZE.rows()).mapToObj(model::line).toList();
    }

    void awaitShown(String part) {
      Await.until(
          () -> "“" + part + "” on " + screen() + ssh,
          SOON,
          () -> screen().stream().anyMatch(line -> line.contains(part)));
    }

    void awaitLine(String whole) {
      Await.until(
          () -> "“" + whole + "” on " + screen() + ssh, SOON, () -> screen().contains(whole));
    }

    /** The lines of seq that scrollback and screen hold, from the oldest. */
    List<Integer> numbers() {
      byte[] all = Repaint.of(model(), SIZE, Repaint.From.CURSOR, 0);
      return new String(all, StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.replaceAll("\33\\[[0-9;?<>!]*[ -/]*[A-Za-z]", "").strip())
          .filter(line -> line.matches("[0-9]{1,3}"))
          .map(Integer::valueOf)
          .toList();
    }

    @Override
    public void close() {
      ssh.close();
    }
  }
}
