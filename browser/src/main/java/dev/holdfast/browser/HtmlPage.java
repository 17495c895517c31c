package dev.holdfast.browser;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a start page wants to know of an app's page: its title, and where its icon is. */
record HtmlPage(String title, String icon) {
  /** Characters of a title. */
  static final int MOST_TITLE = 100;

  /** Characters of an icon's address. */
  static final int MOST_ICON = 300;

  /** Pages have few links in their heads; a page of nothing else is not read on. */
  private static final int MOST_LINKS = 50;

  private static final Pattern ATTRIBUTE =
      Pattern.compile(
          "\\b(rel|href)\\s*=\\s*(?:\"([^\"]{0,400})\"|'([^']{0,400})'|([^\\s>\"']{1,400}))");

  private static final Pattern ENTITY =
      Pattern.compile("&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-z]{1,6});");

  static HtmlPage parse(String html) {
    String lower = html.toLowerCase(Locale.ROOT);
    // Another alphabet's small letters may be longer: then the places would not be the same.
    String text = lower.length() == html.length() ? html : lower;
    return new HtmlPage(title(text, lower), icon(text, lower));
  }

  private static String title(String html, String lower) {
    int tag = lower.indexOf("<title");
    int from = tag < 0 ? -1 : lower.indexOf('>', tag);
    int to = from < 0 ? -1 : lower.indexOf("</title", from);
    return to < 0 ? "" : plain(html.substring(from + 1, Math.min(to, from + 1 + 8 * MOST_TITLE)));
  }

  /** Entities replaced, white space joined, nothing that would turn or hide other text. */
  static String plain(String html) {
    Matcher match = ENTITY.matcher(html);
    String text = match.replaceAll(it -> Matcher.quoteReplacement(entity(it.group(1))));
    StringBuilder kept = new StringBuilder();
    text.codePoints()
        .map(c -> Character.isWhitespace(c) ? ' ' : c)
        .filter(HtmlPage::isShown)
        .forEach(c -> {
          boolean isRepeated =
              c == ' ' && (kept.isEmpty() || kept.charAt(kept.length() - 1) == ' ');
          if (!isRepeated) {
            kept.appendCodePoint(c);
          }
        });
    String title = kept.toString().strip();
    return title.codePointCount(0, title.length()) <= MOST_TITLE
        ? title
        : title.substring(0, title.offsetByCodePoints(0, MOST_TITLE));
  }

  private static boolean isShown(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  private static String entity(String name) {
    if (name.startsWith("#")) {
      boolean isHex = name.length() > 1 && (name.charAt(1) == 'x' || name.charAt(1) == 'X');
      int c = isHex ? Integer.parseInt(name.substring(2), 16) : Integer.parseInt(name.substring(1));
      return Character.isValidCodePoint(c) ? Character.toString(c) : "";
    }
    return switch (name) {
      case "amp" -> "&";
      case "lt" -> "<";
      case "gt" -> ">";
      case "quot" -> "\"";
      case "apos" -> "'";
      case "nbsp" -> " ";
      case "mdash" -> "—";
      case "ndash" -> "–";
      case "middot" -> "·";
      default -> "&" + name + ";";
    };
  }

  private static String icon(String html, String lower) {
    int at = 0;
    for (int links = 0; links < MOST_LINKS; links++) {
      int tag = lower.indexOf("<link", at);
      int end = tag < 0 ? -1 : lower.indexOf('>', tag);
      if (end < 0) {
        return "";
      }
      Optional<String> icon = iconOf(html.substring(tag, end + 1));
      if (icon.isPresent()) {
        return icon.get();
      }
      at = end;
    }
    return "";
  }

  private static Optional<String> iconOf(String link) {
    String rel = "";
    String href = "";
    Matcher match = ATTRIBUTE.matcher(link.length() > 2000 ? link.substring(0, 2000) : link);
    while (match.find()) {
      String value = value(match);
      if (match.group(1).equals("rel")) {
        rel = value.toLowerCase(Locale.ROOT);
      } else {
        href = value;
      }
    }
    boolean isIcon =
        rel.equals("icon") || rel.equals("shortcut icon") || rel.equals("apple-touch-icon");
    return isIcon && !href.isEmpty() && href.length() <= MOST_ICON
        ? Optional.of(plain(href))
        : Optional.empty();
  }

  private static String value(Matcher match) {
    for (int group = 2; group < 4; group++) {
      if (match.group(group) != null) {
        return match.group(group);
      }
    }
    return match.group(4);
  }
}
