package dev.holdfast.access;

import java.util.regex.Pattern;

/** The forms of names in a cluster. What has such a form is safe in a path, a log and a message. */
public final class Names {
  /** Characters of the longest name. */
  public static final int MOST_CHARACTERS = 128;

  /** The user name by which somebody comes who has nothing but a join token. */
  public static final String NEWCOMER = "join";

  /** The user name by which a machine comes that has joined; its key says which. */
  public static final String MACHINE = "machine";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._@-]{0,127}");
  private static final Pattern LOGIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._@$-]{0,127}");
  private static final Pattern HOST = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,126}[a-z0-9])?");

  private Names() {}

  /** Whether a user or role may have that name. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches() && !name.equals(NEWCOMER) && !name.equals(MACHINE);
  }

  /** Whether an account of a machine may have that name. */
  public static boolean isLogin(String name) {
    return LOGIN.matcher(name).matches();
  }

  /** Whether a node or proxy may have that name. */
  public static boolean isHost(String name) {
    return HOST.matcher(name).matches();
  }

  static String name(String kind, String name) {
    if (!isName(name)) {
      throw new InvalidRecordException(
          "'%s' can't be the name of a %s: use lower-case letters, digits, '.', '_', '@' and '-'."
              .formatted(printable(name), kind));
    }
    return name;
  }

  static String login(String login) {
    if (!isLogin(login)) {
      throw new InvalidRecordException(
          "'%s' can't be the name of an account.".formatted(printable(login)));
    }
    return login;
  }

  static String host(String name) {
    if (!isHost(name)) {
      throw new InvalidRecordException(
          "'%s' can't be the name of a machine: use lower-case letters, digits, '.' and '-'."
              .formatted(printable(name)));
    }
    return name;
  }

  /** A stranger's text as far as it may be shown: printable ASCII, and not too much of it. */
  public static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && i < MOST_CHARACTERS; i++) {
      char c = text.charAt(i);
      shown.append(c >= ' ' && c < 0x7f ? c : '?');
    }
    return shown.toString();
  }
}
