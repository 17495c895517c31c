package dev.holdfast.terminal;

/**
 * SGR: ECMA-48 8.3.117, with 256 and 16 million colours (ITU T.416 13.1.8, with colons and with
 * semicolons) and the kinds of underline that kitty brought. Confined to its parser.
 */
final class GraphicRendition {
  private final Pen pen;
  private Parameters parameters = new Parameters();
  private int at;

  GraphicRendition(Pen pen) {
    this.pen = pen;
  }

  void execute(Parameters given) {
    parameters = given;
    at = 0;
    while (at < parameters.count()) {
      int code = parameters.get(at++, 0);
      if (code == 4 && parameters.isPart(at)) {
        underline(parameters.get(at, 1));
      } else if (code == 38 || code == 48 || code == 58) {
        colour(code);
      } else {
        simple(code);
      }
      skipParts();
    }
  }

  private void simple(int code) {
    long style = pen.style();
    switch (code) {
      case 0 -> pen.reset();
      case 1 -> add(Style.BOLD);
      case 2 -> add(Style.DIM);
      case 3 -> add(Style.ITALIC);
      case 4 -> underline(1);
      case 5, 6 -> add(Style.BLINK);
      case 7 -> add(Style.INVERSE);
      case 8 -> add(Style.HIDDEN);
      case 9 -> add(Style.STRIKE);
      case 21 -> underline(2);
      case 22 -> remove(Style.BOLD | Style.DIM);
      case 23 -> remove(Style.ITALIC);
      case 24 -> underline(0);
      case 25 -> remove(Style.BLINK);
      case 27 -> remove(Style.INVERSE);
      case 28 -> remove(Style.HIDDEN);
      case 29 -> remove(Style.STRIKE);
      case 39 -> pen.setStyle(Style.withForeground(style, 0));
      case 49 -> pen.setStyle(Style.withBackground(style, 0));
      case 53 -> add(Style.OVERLINE);
      case 55 -> remove(Style.OVERLINE);
      case 59 -> pen.setUnderline(0);
      default -> basicColour(code);
    }
  }

  private void basicColour(int code) {
    long style = pen.style();
    if (code >= 30 && code <= 37) {
      pen.setStyle(Style.withForeground(style, 1 + code - 30));
    } else if (code >= 40 && code <= 47) {
      pen.setStyle(Style.withBackground(style, 1 + code - 40));
    } else if (code >= 90 && code <= 97) {
      pen.setStyle(Style.withForeground(style, 1 + 8 + code - 90));
    } else if (code >= 100 && code <= 107) {
      pen.setStyle(Style.withBackground(style, 1 + 8 + code - 100));
    }
  }

  private void add(long attribute) {
    pen.setStyle(pen.style() | attribute);
  }

  private void remove(long attributes) {
    pen.setStyle(pen.style() & ~attributes);
  }

  private void underline(int kind) {
    if (kind <= Style.MOST_UNDERLINE) {
      pen.setStyle(Style.withUnderline(pen.style(), kind));
    }
  }

  private void colour(int code) {
    int colour = parameters.isPart(at) ? colourOfParts() : colourOfParameters();
    if (colour < 0) {
      return;
    }
    switch (code) {
      case 38 -> pen.setStyle(Style.withForeground(pen.style(), colour));
      case 48 -> pen.setStyle(Style.withBackground(pen.style(), colour));
      default -> pen.setUnderline(colour);
    }
  }

  /** {@code 5:i}, {@code 2:r:g:b}, or {@code 2:space:r:g:b} with a colour space that is skipped. */
  private int colourOfParts() {
    int end = at;
    while (parameters.isPart(end)) {
      end++;
    }
    int kind = parameters.get(at, 0);
    int parts = end - at - 1;
    if (kind == 5 && parts >= 1) {
      return indexed(parameters.get(at + 1, 0));
    }
    return kind == 2 && parts >= 3 ? rgb(at + (parts >= 4 ? 2 : 1)) : -1;
  }

  private int colourOfParameters() {
    int kind = parameters.get(at++, 0);
    if (kind == 5) {
      return indexed(parameters.get(at++, 0));
    }
    if (kind == 2) {
      at += 3;
      return rgb(at - 3);
    }
    return -1;
  }

  private static int indexed(int index) {
    return index <= 255 ? 1 + index : -1;
  }

  private int rgb(int from) {
    int colour = Style.RGB;
    for (int i = 0; i < 3; i++) {
      int value = parameters.get(from + i, 0);
      if (value > 255) {
        return -1;
      }
      colour |= value << (8 * (2 - i));
    }
    return colour;
  }

  private void skipParts() {
    while (parameters.isPart(at)) {
      at++;
    }
  }
}
