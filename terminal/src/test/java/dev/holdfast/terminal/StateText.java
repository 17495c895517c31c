package dev.holdfast.terminal;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All that a terminal knows, as text that can be compared. */
final class StateText {
  private StateText() {}

  static String of(Terminal terminal) {
    Screen screen = terminal.screen;
    StringBuilder text = new StringBuilder();
    Set<Mode> modes = EnumSet.copyOf(screen.modes);
    modes.removeAll(Mode.TRANSIENT);
    text.append("cursor %d,%d pending %s\n".formatted(screen.x, screen.y, screen.pending));
    text.append("region %d-%d tabs %s\n".formatted(screen.top, screen.bottom, screen.tabs));
    text.append("modes %s style %d\n".formatted(modes, terminal.sequences.cursorStyle));
    text.append(
        "pen %x %d %s\n".formatted(screen.pen.style(), screen.pen.underline(), screen.pen.link()));
    text.append(screen.charsets).append(screen.singleShift).append('\n');
    text.append("saved ").append(saved(screen.main, screen.mainSaved)).append('\n');
    text.append("titles ").append(terminal.titles).append('\n');
    text.append("colours ").append(terminal.palette).append('\n');
    text.append("keys ").append(terminal.keyboard).append('\n');
    grid(text, screen.main);
    if (screen.alternate != null) {
      text.append("alternate ").append(screen.alternateMode).append(' ');
      text.append(saved(screen.alternate, screen.alternateSaved)).append('\n');
      grid(text, screen.alternate);
    }
    return text.append("scrollback\n").append(scrollback(terminal)).toString();
  }

  static String scrollback(Terminal terminal) {
    return new String(terminal.scrollback.kept(), StandardCharsets.UTF_8)
        .replace("\033", "ESC")
        .replace("\0", "<wrap>");
  }

  /** What matters of it: what is pending over a blank cell is not, and rows outside are none. */
  private static Saved saved(Grid grid, Saved it) {
    int x = Math.min(it.x(), grid.columns() - 1);
    int y = Math.min(it.y(), grid.rows() - 1);
    boolean pending = it.pending() && x == grid.columns() - 1 && grid.row(y).text[x] != Row.BLANK;
    return new Saved(x, y, pending, it.style(), it.underline(), it.charsets(), it.origin());
  }

  private static void grid(StringBuilder text, @Nullable Grid grid) {
    if (grid == null) {
      return;
    }
    for (int y = 0; y < grid.rows(); y++) {
      Row row = grid.row(y);
      text.append(grid.isContinued(y) ? '+' : '|');
      for (int x = 0; x < row.columns(); x++) {
        int c = row.text[x];
        String shown =
            c == Row.BLANK ? "·" : c == Row.TAIL ? "<" : Character.toString(row.codePoint(x));
        text.append(shown);
        if (row.style[x] != 0 || row.extra(x) != null) {
          text.append('{').append(Long.toHexString(row.style[x])).append(' ');
          text.append(row.extra(x)).append('}');
        }
      }
      text.append('\n');
    }
  }
}
