package dev.holdfast.terminal;

import org.jspecify.annotations.Nullable;

/** What cells look like that are printed now. Confined to its screen. */
final class Pen {
  private long style;
  private int underline;
  private @Nullable Link link;
  private @Nullable Extra extra;

  long style() {
    return style;
  }

  /** The underline's colour. */
  int underline() {
    return underline;
  }

  @Nullable Link link() {
    return link;
  }

  /** What printed cells get beside their style. */
  @Nullable Extra extra() {
    return extra;
  }

  long erased() {
    return Style.erased(style);
  }

  boolean isDefault() {
    return style == Style.DEFAULT && extra == null;
  }

  void setStyle(long style) {
    this.style = style;
  }

  void setUnderline(int colour) {
    if (underline != colour) {
      underline = colour;
      extra = Extra.of(underline, link);
    }
  }

  void setLink(@Nullable Link link) {
    this.link = link;
    extra = Extra.of(underline, link);
  }

  /** SGR 0, which leaves a link as it is. */
  void reset() {
    style = Style.DEFAULT;
    setUnderline(0);
  }
}
