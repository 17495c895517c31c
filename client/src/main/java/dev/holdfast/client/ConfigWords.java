package dev.holdfast.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of a configuration, taken apart as OpenSSH does it since 8.7 (misc.c, {@code strdelim}
 * and {@code argv_split}): a keyword, perhaps a {@code =}, and words, which may be quoted. The
 * words are taken one after the other. Confined to who parses the line.
 */
final class ConfigWords {
  /** Characters of a line. */
  static final int MOST_CHARACTERS = 64 * 1024;

  private static final String BLANK = " \t\r\n";

  private final String keyword;
  private final String rest;
  private final List<String> words;
  private int next;

  private ConfigWords(String keyword, String rest, List<String> words) {
    this.keyword = keyword;
    this.rest = rest;
    this.words = words;
  }

  /** The line's parts, or null if there is nothing on it but blanks or a comment. */
  static @Nullable ConfigWords of(String line) throws BadValue {
    if (line.length() > MOST_CHARACTERS || line.indexOf('\0') >= 0) {
      throw new BadValue("the line is longer than 64 KiB or contains a zero byte");
    }
    Cut cut = Cut.of(stripEnd(line));
    if (cut.head.isEmpty() && cut.tail != null) {
      cut = Cut.of(cut.tail);
    }
    if (cut.head.isEmpty() || cut.head.startsWith("#")) {
      return null;
    }
    String keyword = cut.head.toLowerCase(Locale.ROOT);
    String rest = cut.tail == null ? "" : cut.tail.substring(span(cut.tail, BLANK, 0));
    if (rest.isEmpty()) {
      throw new BadValue("no argument after keyword \"" + keyword + "\"");
    }
    return new ConfigWords(keyword, rest, split(rest));
  }

  /** In lower case. */
  String keyword() {
    return keyword;
  }

  /** The next word, which must be there and not be empty. */
  String next() throws BadValue {
    String word = orEnd();
    if (word == null || word.isEmpty()) {
      throw new BadValue("missing argument of " + keyword);
    }
    return word;
  }

  /** The next word, or null behind the last. */
  @Nullable String orEnd() {
    return next < words.size() ? words.get(next++) : null;
  }

  boolean hasMore() {
    return next < words.size();
  }

  /** All words that are left, at least one, none of them empty. */
  List<String> all() throws BadValue {
    List<String> all = new ArrayList<>();
    do {
      all.add(next());
    } while (hasMore());
    return List.copyOf(all);
  }

  /** All that is behind the keyword, as it stands there: quotes, comments and all. */
  String whole() {
    next = words.size();
    return rest.substring(span(rest, BLANK + "=", 0));
  }

  /** Passes over what is left. */
  void skip() {
    next = words.size();
  }

  /** A keyword whose words have been read takes no more of them. */
  void checkEnd() throws BadValue {
    if (hasMore()) {
      throw new BadValue("keyword " + keyword + " has extra arguments at the end of the line");
    }
  }

  /** What stands before the first delimiter, and what is left behind it; null if nothing is. */
  private record Cut(String head, @Nullable String tail) {
    static Cut of(String text) {
      int at = find(text, BLANK + "\"=");
      if (at == text.length()) {
        return new Cut(text, null);
      }
      if (text.charAt(at) == '"') {
        int end = text.indexOf('"', at + 1);
        return end < 0
            ? new Cut("", null)
            : new Cut(
                text.substring(0, at) + text.substring(at + 1, end),
                text.substring(span(text, BLANK, end + 1)));
      }
      int behind = span(text, BLANK, at + 1);
      if (text.charAt(at) != '=' && behind < text.length() && text.charAt(behind) == '=') {
        behind = span(text, BLANK, behind + 1);
      }
      return new Cut(text.substring(0, at), text.substring(behind));
    }

    private static int find(String text, String any) {
      int at = 0;
      while (at < text.length() && any.indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return at;
    }
  }

  /** The words of a text, as on a line. */
  static List<String> split(String text) throws BadValue {
    List<String> words = new ArrayList<>();
    int i = 0;
    while (true) {
      i = span(text, " \t", i);
      if (i == text.length() || text.charAt(i) == '#') {
        return words;
      }
      StringBuilder word = new StringBuilder();
      i = word(text, i, word);
      words.add(word.toString());
    }
  }

  /** Reads a word with its quotes and escapes; returns the index behind it. */
  private static int word(String text, int start, StringBuilder word) throws BadValue {
    char quote = 0;
    int i = start;
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length() && isEscaped(text.charAt(i + 1), quote)) {
        word.append(text.charAt(++i));
      } else if (quote == 0 && (c == ' ' || c == '\t')) {
        break;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else {
        word.append(c);
      }
    }
    if (quote != 0) {
      throw new BadValue("a quote is not closed");
    }
    return i;
  }

  private static boolean isEscaped(char c, char quote) {
    return c == '\'' || c == '"' || c == '\\' || (quote == 0 && c == ' ');
  }

  private static int span(String text, String of, int from) {
    int at = from;
    while (at < text.length() && of.indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  private static String stripEnd(String line) {
    int end = line.length();
    while (end > 1 && (BLANK + "\f").indexOf(line.charAt(end - 1)) >= 0) {
      end--;
    }
    return line.substring(0, end);
  }
}
