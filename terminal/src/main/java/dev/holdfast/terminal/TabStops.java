package dev.holdfast.terminal;

import java.util.BitSet;

/** The columns at which tabs stop; every eighth at first. Confined to its screen. */
final class TabStops {
  private static final int EVERY = 8;

  private final BitSet stops = new BitSet();
  private int columns;

  TabStops(int columns) {
    resize(columns);
  }

  void reset() {
    stops.clear();
    int wide = columns;
    columns = 0;
    resize(wide);
  }

  void resize(int wanted) {
    for (int column = columns; column < wanted; column++) {
      stops.set(column, column % EVERY == 0 && column > 0);
    }
    stops.clear(wanted, Math.max(wanted, columns));
    columns = wanted;
  }

  void set(int column) {
    stops.set(column);
  }

  void clear(int column) {
    stops.clear(column);
  }

  void clearAll() {
    stops.clear();
  }

  /** The next stop behind a column, or the last column. */
  int after(int column) {
    int stop = stops.nextSetBit(column + 1);
    return stop < 0 ? columns - 1 : stop;
  }

  int before(int column) {
    return column == 0 ? 0 : Math.max(0, stops.previousSetBit(column - 1));
  }

  /** What sets the same stops elsewhere; moves the cursor in its row. */
  void print(Ink ink) {
    ink.add("\033[3g");
    for (int stop = stops.nextSetBit(0); stop >= 0; stop = stops.nextSetBit(stop + 1)) {
      ink.csi(stop + 1, 'G').add("\033H");
    }
    ink.add('\r');
  }

  @Override
  public String toString() {
    return stops.toString();
  }
}
