package dev.holdfast.terminal;

/**
 * Control sequences, CSI: ECMA-48 8.3, VT510, xterm's ctlseqs.txt. Those that are not known are
 * skipped. Confined to its parser.
 */
final class ControlSequences {
  private final Screen screen;
  private final Editing editing;
  private final ModeSwitch modes;
  private final GraphicRendition rendition;
  private final Titles titles;
  private final Keyboard keyboard;
  private final Answers answers;

  /** DECSCUSR: the cursor's shape; 0 is the terminal's own. */
  int cursorStyle;

  ControlSequences(
      Screen screen, Editing editing, Titles titles, Keyboard keyboard, Answers answers) {
    this.screen = screen;
    this.editing = editing;
    this.titles = titles;
    this.keyboard = keyboard;
    this.answers = answers;
    modes = new ModeSwitch(screen, keyboard);
    rendition = new GraphicRendition(screen.pen);
  }

  /**
   * Executes one.
   *
   * @param prefix one of {@code < = > ?}, or 0
   * @param intermediate the intermediate byte, 0 for none, -1 for several
   */
  void execute(int prefix, int intermediate, int end, Parameters p) {
    if (prefix == 0 && intermediate == 0) {
      if (end == 'b') {
        screen.repeat(p.count(0));
        return;
      }
      standard(end, p);
    } else if (intermediate == 0) {
      prefixed(prefix, end, p);
    } else {
      intermediate(prefix, intermediate, end, p);
    }
    screen.last = 0;
  }

  private void standard(int end, Parameters p) {
    switch (end) {
      case '@' -> editing.insertCharacters(p.count(0));
      case 'J' -> editing.eraseInDisplay(p.get(0, 0));
      case 'K' -> editing.eraseInLine(p.get(0, 0));
      case 'L' -> editing.insertLines(p.count(0));
      case 'M' -> editing.deleteLines(p.count(0));
      case 'P' -> editing.deleteCharacters(p.count(0));
      case 'S' -> editing.scrollUp(p.count(0));
      case 'T' -> {
        // With five parameters it is for highlighting by mouse.
        if (p.count() == 1) {
          editing.scrollDown(p.count(0));
        }
      }
      case 'X' -> editing.eraseCharacters(p.count(0));
      case 'h' -> modes.set(p, false, true);
      case 'l' -> modes.set(p, false, false);
      case 'm' -> rendition.execute(p);
      case 'c' -> {
        if (p.get(0, 0) == 0) {
          answers.attributes(0);
        }
      }
      case 'n' -> status(p.get(0, 0));
      case 't' -> window(p);
      default -> cursor(end, p);
    }
  }

  private void cursor(int end, Parameters p) {
    switch (end) {
      case 'A' -> screen.moveUp(p.count(0));
      case 'B', 'e' -> screen.moveUp(-p.count(0));
      case 'C', 'a' -> screen.moveToColumn(screen.x + p.count(0));
      case 'D' -> screen.moveToColumn(screen.x - p.count(0));
      case 'E' -> {
        screen.moveUp(-p.count(0));
        screen.carriageReturn();
      }
      case 'F' -> {
        screen.moveUp(p.count(0));
        screen.carriageReturn();
      }
      case 'G', '`' -> screen.moveToColumn(p.count(0) - 1);
      case 'H', 'f' -> screen.moveTo(p.count(0) - 1, p.count(1) - 1);
      case 'I' -> screen.tab(p.count(0));
      case 'Z' -> screen.backTab(p.count(0));
      case 'd' -> screen.moveToRow(p.count(0) - 1);
      case 'g' -> clearTabs(p.get(0, 0));
      case 'r' -> {
        int bottom = p.get(1, 0);
        int last = bottom == 0 ? screen.rows() : Math.min(bottom, screen.rows());
        screen.setMargins(p.count(0) - 1, last - 1);
      }
      case 's' -> screen.save();
      case 'u' -> screen.restore();
      default -> {}
    }
  }

  private void prefixed(int prefix, int end, Parameters p) {
    boolean alternate = screen.alternate != null;
    switch (end) {
      case 'h' -> privateMode(prefix, p, true);
      case 'l' -> privateMode(prefix, p, false);
      case 'c' -> answers.attributes(prefix);
      case 'n' -> {
        if (prefix == '?' && p.get(0, 0) == 6) {
          answers.position(true);
        }
      }
      case 'm' -> {
        if (prefix == '>') {
          keyboard.modify(p.get(0, 0), p.get(1, 0));
        }
      }
      case 'u' -> {
        switch (prefix) {
          case '>' -> keyboard.push(alternate, p.get(0, 0));
          case '<' -> keyboard.pop(alternate, p.count(0));
          case '=' -> keyboard.set(alternate, p.get(0, 0), p.get(1, 1));
          default -> {}
        }
      }
      default -> {}
    }
  }

  private void privateMode(int prefix, Parameters p, boolean on) {
    if (prefix == '?') {
      modes.set(p, true, on);
    }
  }

  private void intermediate(int prefix, int intermediate, int end, Parameters p) {
    if (intermediate == '!' && end == 'p' && prefix == 0) {
      screen.softReset();
    } else if (intermediate == '$' && end == 'p' && (prefix == 0 || prefix == '?')) {
      answers.mode(p.get(0, 0), prefix == '?');
    } else if (intermediate == ' ' && end == 'q' && prefix == 0) {
      cursorStyle = p.get(0, 0) <= 6 ? p.get(0, 0) : cursorStyle;
    }
  }

  private void clearTabs(int which) {
    if (which == 0) {
      screen.tabs.clear(screen.x);
    } else if (which == 3) {
      screen.tabs.clearAll();
    }
  }

  private void status(int what) {
    if (what == 5) {
      answers.status();
    } else if (what == 6) {
      answers.position(false);
    }
  }

  /** XTWINOPS; 22 and 23 with 1 are for the icon's title only. */
  private void window(Parameters p) {
    boolean isTitle = p.get(1, 0) != 1;
    switch (p.get(0, 0)) {
      case 18 -> answers.size();
      case 22 -> {
        if (isTitle) {
          titles.push();
        }
      }
      case 23 -> {
        if (isTitle) {
          titles.pop();
        }
      }
      default -> {}
    }
  }
}
