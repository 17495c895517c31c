package dev.holdfast.terminal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows as bytes that print them, in default style before and behind. The same row gives the
 * same bytes, so that printing them and writing the result again changes nothing. Confined to its
 * user.
 */
final class RowInk {
  private static final int[] ATTRIBUTE_CODES = {1, 2, 3, 5, 7, 8, 9, 53};
  private static final long[] ATTRIBUTES = {
    Style.BOLD,
    Style.DIM,
    Style.ITALIC,
    Style.BLINK,
    Style.INVERSE,
    Style.HIDDEN,
    Style.STRIKE,
    Style.OVERLINE
  };

  /** SI, which changes nothing here but that the next character is not joined to the last. */
  private static final int APART = 0x0f;

  private final Ink ink;
  private long style;
  private int underline;
  private @Nullable Link link;

  RowInk(Ink ink) {
    this.ink = ink;
  }

  /**
   * As text for the scrollback: what is blank before other cells is written as spaces.
   *
   * @param continued whether printing it is what wraps the line of the row before
   */
  void line(Row row, boolean continued) {
    wrap(row, continued);
    int end = row.end();
    for (int column = 0; column < end; column++) {
      int c = row.text[column];
      if (c != Row.TAIL) {
        cell(row, column, c == Row.BLANK ? ' ' : c);
      }
    }
    finish();
  }

  /**
   * As it stands on a screen, whose cells are blank: what is blank stays so. The cursor is left
   * behind the last character that was written, which matters when the next row goes on from there.
   *
   * @param columns no more than these are shown
   * @param continued whether printing it is what wraps the line of the row before
   */
  void screen(Row row, int columns, boolean continued) {
    wrap(row, continued);
    int end = Math.min(row.end(), columns);
    int column = 0;
    while (column < end) {
      if (row.text[column] == Row.BLANK) {
        column = blanks(row, column, end);
      } else {
        if (row.text[column] != Row.TAIL && (!row.isWide(column) || column + 1 < end)) {
          cell(row, column, row.text[column]);
        }
        column++;
      }
    }
    finish();
  }

  /** One character in its style, without the way back to the default style. */
  void cell(Row row, int column, int c) {
    Extra extra = row.extra(column);
    style(row.style[column], extra == null ? 0 : extra.underline());
    link(extra == null ? null : extra.link());
    int codePoint = c & ~Row.WIDE;
    if (Widths.isModifier(codePoint)) {
      ink.add(APART);
    }
    ink.codePoint(codePoint);
    if (extra != null && !extra.marks().isEmpty()) {
      ink.add(extra.marks()).add(APART);
    }
  }

  /** Back to the default style. */
  void finish() {
    style(Style.DEFAULT, 0);
    link(null);
  }

  void style(long wanted, int wantedUnderline) {
    if (wanted == style && wantedUnderline == underline) {
      return;
    }
    style = wanted;
    underline = wantedUnderline;
    ink.add(0x1b).add('[');
    if (style != Style.DEFAULT || underline != 0) {
      ink.add('0');
      attributes();
      colour(Style.foreground(style), 30);
      colour(Style.background(style), 40);
      underlineColour();
    }
    ink.add('m');
  }

  void link(@Nullable Link wanted) {
    if (!Objects.equals(link, wanted)) {
      link = wanted;
      ink.add("\033]8;");
      if (link != null) {
        ink.add(link.parameters()).add(';').add(link.uri());
      } else {
        ink.add(';');
      }
      ink.add("\033\\");
    }
  }

  /**
   * Wraps in default style, since the row that comes in is erased in the background of the
   * character that wraps; which is then printed over.
   */
  private void wrap(Row row, boolean continued) {
    if (continued && Style.erased(row.style[0]) != Style.DEFAULT) {
      ink.codePoint(row.codePoint(0)).add('\r');
    }
  }

  private int blanks(Row row, int from, int end) {
    long erased = row.style[from];
    int to = from;
    while (to < end && row.text[to] == Row.BLANK && row.style[to] == erased) {
      to++;
    }
    if (erased != Style.DEFAULT) {
      style(erased, 0);
      ink.csi(to - from, 'X');
    }
    if (to < row.columns()) {
      ink.csi(to - from, 'C');
    }
    return to;
  }

  private void attributes() {
    for (int i = 0; i < ATTRIBUTES.length; i++) {
      if ((style & ATTRIBUTES[i]) != 0) {
        ink.add(';').number(ATTRIBUTE_CODES[i]);
      }
    }
    switch (Style.underline(style)) {
      case 0 -> {}
      case 1 -> ink.add(";4");
      case 2 -> ink.add(";21");
      default -> ink.add(";4:").number(Style.underline(style));
    }
  }

  /** ECMA-48 8.3.117, aixterm's bright colours, and ITU T.416's in the form all terminals know. */
  private void colour(int colour, int base) {
    int index = colour - 1;
    if (colour == 0) {
      return;
    }
    if ((colour & Style.RGB) != 0) {
      ink.add(';').number(base + 8).add(";2;").number(colour >> 16 & 0xff).add(';');
      ink.number(colour >> 8 & 0xff).add(';').number(colour & 0xff);
    } else if (index < 8) {
      ink.add(';').number(base + index);
    } else if (index < 16) {
      ink.add(';').number(base + 60 + index - 8);
    } else {
      ink.add(';').number(base + 8).add(";5;").number(index);
    }
  }

  private void underlineColour() {
    if ((underline & Style.RGB) != 0) {
      ink.add(";58:2::").number(underline >> 16 & 0xff).add(':');
      ink.number(underline >> 8 & 0xff).add(':').number(underline & 0xff);
    } else if (underline != 0) {
      ink.add(";58:5:").number(underline - 1);
    }
  }
}
