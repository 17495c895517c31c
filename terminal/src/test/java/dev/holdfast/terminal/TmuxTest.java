package dev.holdfast.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same bytes give the same cells as in tmux, and so does their repaint given to tmux.
 *
 * <p>Where terminals do not agree, ours is as xterm, and tmux 3.3 is otherwise:
 *
 * <ul>
 *   <li>invalid UTF-8 is dropped there, and a U+FFFD here (Unicode 3.9);
 *   <li>a cursor behind the last column counts as one column further there, for what moves it;
 *   <li>IL and DL work outside the scroll region there and leave the cursor in its column;
 *   <li>a row that autowrap brings in has the default background there;
 *   <li>what DECSC saves is one for both screens there;
 *   <li>characters joined by U+200D are parted there;
 *   <li>the background of cells erased at a line's end is not told by capture-pane;
 *   <li>overline is printed as another attribute by its capture-pane.
 * </ul>
 */
class TmuxTest {
  private static final Size SIZE = new Size(80, 24);
  private static final Size SMALL = new Size(40, 10);
  private static final int PROGRAMS = 120;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"vim", "vim-quit", "less", "top", "bash", "colours", "dialog"})
  void showsWhatTmuxShowsOfARecordedProgram(String name) throws IOException {
    byte[] recorded = recorded(name);
    try (Tmux tmux = Tmux.start(directory, SIZE)) {
      check(name, SIZE, recorded, tmux.show(recorded));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vim", "vim-quit", "less", "top", "bash", "colours", "dialog"})
  void repaintsInTmuxWhatARecordedProgramShows(String name) throws IOException {
    byte[] recorded = recorded(name);
    Terminal terminal = new Terminal(SIZE, Settings.DEFAULT);
    terminal.feed(recorded);
    byte[] repaint = Repaint.of(terminal, SIZE, Repaint.From.CURSOR, 0);
    try (Tmux tmux = Tmux.start(directory, SIZE)) {
      check(name, SIZE, recorded, tmux.show(repaint));
    }
  }

  @Test
  void showsWhatTmuxShowsOfRandomPrograms() throws IOException {
    try (Tmux tmux = Tmux.start(directory, SMALL)) {
      for (int seed = 0; seed < PROGRAMS; seed++) {
        byte[] written = RandomProgram.written(seed, true, SMALL, 150);
        check("seed " + seed, SMALL, written, tmux.show(written), false);
      }
    }
  }

  private static void check(String what, Size size, byte[] written, Tmux.Shown shown) {
    check(what, size, written, shown, true);
  }

  private static void check(
      String what, Size size, byte[] written, Tmux.Shown shown, boolean withErased) {
    Terminal ours = new Terminal(size, Settings.DEFAULT);
    ours.feed(written);
    Terminal theirs = new Terminal(size, Settings.DEFAULT);
    // Line drawing comes as it was printed, with SO and SI.
    String lines = "\033)0" + shown.text().replaceFirst("\n$", "").replace("\n", "\r\n");
    theirs.feed(lines.getBytes(StandardCharsets.UTF_8));
    assertThat(differences(ours, theirs, withErased)).as(what).isEmpty();
    assertThat(ours.cursorColumn()).as(what + ": column").isEqualTo(shown.cursorColumn());
    assertThat(ours.cursorRow()).as(what + ": row").isEqualTo(shown.cursorRow());
  }

  private static List<String> differences(Terminal ours, Terminal theirs, boolean withErased) {
    List<String> differences = new ArrayList<>();
    for (int y = 0; y < ours.size().rows(); y++) {
      for (int x = 0; x < ours.size().columns(); x++) {
        Cell our = ours.cell(y, x);
        Cell their = theirs.cell(y, x);
        boolean bothBlank =
            our.text().isEmpty()
                && (their.text().isEmpty() || (!withErased && their.text().isBlank()));
        if (!bothBlank && !shown(our).equals(shown(their))) {
          differences.add("%d,%d: %s in tmux %s".formatted(x, y, our, their));
        }
      }
    }
    return differences;
  }

  /** A space looks like a cell that was erased to the same background. */
  private static Cell shown(Cell cell) {
    return cell.width() == 1 && cell.text().isEmpty() ? new Cell(" ", 1, cell.rendition()) : cell;
  }

  private static byte[] recorded(String name) throws IOException {
    try (InputStream in = TmuxTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }
}
