package dev.holdfast.client;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The files that a pattern names, as glob(3) finds them, sorted. */
final class Glob {
  /** Files of one pattern. */
  static final int MOST = 1000;

  private Glob() {}

  /** Those of {@code pattern}, an absolute path; none if there is no such file. */
  static List<Path> files(String pattern) throws IOException {
    List<Path> found = List.of(Path.of("/"));
    for (String part : pattern.split("/+", -1)) {
      if (!part.isEmpty()) {
        found = below(found, part);
      }
    }
    return found.stream().filter(Glob::isThere).toList();
  }

  private static List<Path> below(List<Path> directories, String part) throws IOException {
    List<Path> found = new ArrayList<>();
    if (!isPattern(part)) {
      String name = part.replaceAll("\\\\(.)", "$1");
      directories.forEach(directory -> found.add(directory.resolve(name)));
      return found;
    }
    Pattern pattern = pattern(part);
    for (Path directory : directories) {
      found.addAll(matching(directory, pattern, part.startsWith(".")));
      if (found.size() > MOST) {
        throw new IOException("more than " + MOST + " files");
      }
    }
    return found;
  }

  private static List<Path> matching(Path directory, Pattern pattern, boolean hidden)
      throws IOException {
    List<Path> found = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return found;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if ((hidden || !name.startsWith(".")) && pattern.matcher(name).matches()) {
          found.add(entry);
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return List.of();
    }
    found.sort((a, b) -> a.toString().compareTo(b.toString()));
    return found;
  }

  private static boolean isThere(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isPattern(String part) {
    return part.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
  }

  private static Pattern pattern(String part) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      int end = c == '[' ? part.indexOf(']', i + 2) : -1;
      if (c == '*') {
        regex.append(".*+".equals(regex.toString()) ? "" : ".*");
      } else if (c == '?') {
        regex.append('.');
      } else if (end > 0) {
        regex.append(set(part.substring(i + 1, end)));
        i = end;
      } else {
        boolean isEscape = c == '\\' && i + 1 < part.length();
        regex.append(Pattern.quote(part.substring(isEscape ? ++i : i, i + 1)));
      }
    }
    try {
      return Pattern.compile(regex.toString(), Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      return Pattern.compile(Pattern.quote(part));
    }
  }

  /** A set such as {@code a-z} or {@code !0-9} as a regular expression. */
  private static String set(String members) {
    boolean negated = members.startsWith("!") || members.startsWith("^");
    String bare = (negated ? members.substring(1) : members).replaceAll("[\\\\\\[\\]&^]", "\\\\$0");
    return "[" + (negated ? "^" : "") + bare + "]";
  }
}
