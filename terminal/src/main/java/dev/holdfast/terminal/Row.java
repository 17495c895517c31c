package dev.holdfast.terminal;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of a screen: for each cell its character, its style, and what few cells have. A cell
 * that nothing was written to since it was erased is {@link #BLANK}; that is not a space.
 *
 * <p>Confined to its screen.
 */
final class Row {
  /** The character of a cell that is empty. */
  static final int BLANK = 0;

  /** Is added to the character of a cell that also fills the next one. */
  static final int WIDE = 1 << 24;

  /** The character of the second cell of a wide one. */
  static final int TAIL = 1 << 25;

  /** The character of a cell of which nothing is known, see {@link Footing}. */
  static final int UNKNOWN = 1 << 26;

  final int[] text;
  final long[] style;
  @Nullable Extra @Nullable [] extra;

  /** No cell from here on differs from a blank one in default style. */
  int used;

  /** Whether the line began here because the one above was full: autowrap. */
  boolean continued;

  Row(int columns) {
    text = new int[columns];
    style = new long[columns];
  }

  int columns() {
    return text.length;
  }

  boolean isWide(int column) {
    return (text[column] & WIDE) != 0;
  }

  int codePoint(int column) {
    return text[column] & ~WIDE;
  }

  @Nullable Extra extra(int column) {
    return extra == null ? null : extra[column];
  }

  /** Every cell erased. */
  void clear(long erased) {
    continued = false;
    extra = null;
    if (erased == Style.DEFAULT) {
      Arrays.fill(text, 0, used, BLANK);
      Arrays.fill(style, 0, used, Style.DEFAULT);
      used = 0;
    } else {
      Arrays.fill(text, BLANK);
      Arrays.fill(style, erased);
      used = text.length;
    }
  }

  /** Cells from {@code from} to before {@code to} erased, and halves of what they cut. */
  void erase(int from, int to, long erased) {
    if (from >= to) {
      return;
    }
    split(from);
    split(to);
    blank(from, to, erased);
  }

  /**
   * Printable ASCII from {@code bytes}, up to {@code to} or the first other byte, into the cells
   * from {@code column} on, where there is room for it.
   *
   * @return how many bytes that were
   */
  int print(int column, byte[] bytes, int from, int to, long pen, @Nullable Extra penExtra) {
    split(column);
    int at = column;
    int i = from;
    for (; i < to; i++, at++) {
      byte b = bytes[i];
      if (b < 0x20 || b == 0x7f) {
        break;
      }
      text[at] = b;
      style[at] = pen;
    }
    finish(column, at, penExtra);
    return i - from;
  }

  /** One character, {@code width} cells wide. */
  void put(int column, int codePoint, int width, long pen, @Nullable Extra penExtra) {
    split(column);
    split(column + width);
    text[column] = width == 2 ? codePoint | WIDE : codePoint;
    style[column] = pen;
    if (width == 2) {
      text[column + 1] = TAIL;
      style[column + 1] = pen;
    }
    setExtra(column, column + width, penExtra);
    used = Math.max(used, column + width);
  }

  /** A mark over the character in a cell. */
  void mark(int column, int codePoint) {
    Extra there = extra(column);
    Extra marked = (there == null ? new Extra("", 0, null) : there).marked(codePoint);
    setExtra(column, column + 1, marked);
  }

  /** Room for {@code count} cells at {@code column}; what goes over the edge is lost. */
  void insert(int column, int count, long erased) {
    int n = Math.min(count, columns() - column);
    split(column);
    split(columns() - n);
    move(column, column + n, columns() - column - n);
    blank(column, column + n, erased);
  }

  /** Takes {@code count} cells away; the rest moves up, and blank ones come in at the edge. */
  void delete(int column, int count, long erased) {
    int n = Math.min(count, columns() - column);
    split(column);
    split(column + n);
    move(column + n, column, columns() - column - n);
    blank(columns() - n, columns(), erased);
  }

  /** Where the last cell that is not simply blank ends. */
  int end() {
    int end = used;
    while (end > 0 && text[end - 1] == BLANK && style[end - 1] == Style.DEFAULT) {
      end--;
    }
    used = end;
    return end;
  }

  /** Whether a line that goes on in the next row could have been wrapped here. */
  boolean isFull(boolean beforeWide) {
    int last = columns() - 1;
    return text[last] != BLANK || (beforeWide && last > 0 && text[last - 1] != BLANK);
  }

  /** A copy of {@code source} from there on, as far as both reach. */
  void copy(Row source, int from, int at, int count) {
    System.arraycopy(source.text, from, text, at, count);
    System.arraycopy(source.style, from, style, at, count);
    if (source.extra != null) {
      for (int i = 0; i < count; i++) {
        setExtra(at + i, at + i + 1, source.extra[from + i]);
      }
    }
    used = Math.max(used, at + count);
  }

  /** The first half of a wide character without its second goes. */
  void cutEdge() {
    int last = columns() - 1;
    if (isWide(last)) {
      halve(last);
    }
  }

  /** No wide character crosses from the cell before {@code column} to it: both halves go. */
  private void split(int column) {
    if (column < columns() && text[column] == TAIL) {
      for (int half = column - 1; half <= column; half++) {
        halve(half);
      }
    }
  }

  private void halve(int column) {
    text[column] = BLANK;
    style[column] = Style.DEFAULT;
    setExtra(column, column + 1, null);
  }

  private void finish(int from, int to, @Nullable Extra penExtra) {
    if (to < columns() && text[to] == TAIL) {
      halve(to);
    }
    setExtra(from, to, penExtra);
    used = Math.max(used, to);
  }

  private void blank(int from, int to, long erased) {
    Arrays.fill(text, from, to, BLANK);
    Arrays.fill(style, from, to, erased);
    setExtra(from, to, null);
    if (from == 0) {
      continued = false;
    }
    if (erased != Style.DEFAULT) {
      used = Math.max(used, to);
    } else if (to >= used) {
      used = Math.min(used, from);
    }
  }

  private void move(int from, int to, int count) {
    System.arraycopy(text, from, text, to, count);
    System.arraycopy(style, from, style, to, count);
    if (extra != null) {
      System.arraycopy(extra, from, extra, to, count);
    }
    used = columns();
  }

  private void setExtra(int from, int to, @Nullable Extra value) {
    if (extra == null) {
      if (value == null) {
        return;
      }
      extra = new Extra[columns()];
    }
    Arrays.fill(Objects.requireNonNull(extra), from, to, value);
  }
}
