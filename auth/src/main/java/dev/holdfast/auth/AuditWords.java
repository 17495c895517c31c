package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Json;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The full-text index of the audit events: FTS5 in SQLite, a tsvector in PostgreSQL. What a word is
 * we say ourselves, so that both find the same: a run of letters and digits, in lower case. What is
 * searched for are words, or what words of three characters and more begin with, all of them, in
 * any order.
 */
final class AuditWords {
  /** Characters of a word that count. */
  static final int MOST_CHARACTERS = 64;

  /** Characters that are enough of a word to find it. */
  static final int LEAST_BEGINNING = 3;

  /** Words of an event that can be found. */
  static final int MOST_WORDS = 2_000;

  /** Words that are searched for at a time. */
  static final int MOST_SOUGHT = 16;

  private AuditWords() {}

  /** What makes the index. */
  static List<String> tables(Dialect dialect) {
    return switch (dialect) {
      // Without content of its own; what is not ASCII is part of a word, as it comes from us.
      case SQLITE ->
          List.of(
              "create virtual table audit_words using fts5"
                  + "(words, content='', columnsize=0, detail=none, tokenize='ascii')");
      case POSTGRESQL ->
          List.of(
              "create table audit_words (seq bigint primary key, words tsvector not null)",
              "create index audit_words_words on audit_words using gin (words)");
    };
  }

  /** Makes an event be found. */
  static void add(Tx tx, long seq, Json.Members event) throws SQLException {
    String words = String.join(" ", of(event));
    tx.update(
        switch (tx.dialect()) {
          case SQLITE -> "insert into audit_words (rowid, words) values (?, ?)";
          // Not by a parser, which has ideas of its own of paths, hosts and numbers.
          case POSTGRESQL ->
              "insert into audit_words (seq, words)"
                  + " values (?, array_to_tsvector(string_to_array(?, ' ')))";
        },
        seq,
        words);
  }

  /** The condition of a statement that events have these words; with one value, {@link #sought}. */
  static String condition(Dialect dialect) {
    return switch (dialect) {
      case SQLITE -> " and seq in (select rowid from audit_words where audit_words match ?)";
      case POSTGRESQL -> " and seq in (select seq from audit_words where words @@ ?::tsquery)";
    };
  }

  /** The value of {@link #condition}. */
  static String sought(Dialect dialect, String text) {
    Set<String> words = new LinkedHashSet<>();
    addWords(words, text);
    if (words.isEmpty() || words.size() > MOST_SOUGHT) {
      throw new InvalidRecordException(
          "1 to %d words of letters and digits are searched for at a time.".formatted(MOST_SOUGHT));
    }
    return switch (dialect) {
      case SQLITE ->
          words.stream()
              .map(word -> '"' + word + '"' + (isBeginning(word) ? "*" : ""))
              .collect(Collectors.joining(" AND "));
      case POSTGRESQL ->
          words.stream()
              .map(word -> '\'' + word + '\'' + (isBeginning(word) ? ":*" : ""))
              .collect(Collectors.joining(" & "));
    };
  }

  /** What is shorter begins too much. */
  private static boolean isBeginning(String word) {
    return word.length() >= LEAST_BEGINNING;
  }

  private static Set<String> of(Json.Members event) {
    Set<String> words = new LinkedHashSet<>();
    for (Map.Entry<String, Json> member : event.values().entrySet()) {
      if (member.getKey().equals("time")) {
        continue; // There are spans for that.
      }
      addWords(words, member.getValue() instanceof Json.Text(String text) ? text : "");
      if (member.getValue() instanceof Json.Numeral number) {
        addWords(words, number.line());
      }
    }
    return words;
  }

  private static void addWords(Set<String> words, String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    int start = -1;
    for (int i = 0; i <= lower.length() && words.size() < MOST_WORDS; i++) {
      boolean inside = i < lower.length() && isWord(lower.charAt(i));
      if (inside && start < 0) {
        start = i;
      } else if (!inside && start >= 0) {
        words.add(lower.substring(start, Math.min(i, start + MOST_CHARACTERS)));
        start = -1;
      }
    }
  }

  /** Of surrogates a database would have to know what belongs together. */
  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) && !Character.isSurrogate(c);
  }
}
