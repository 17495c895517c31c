package dev.holdfast.proxy;

import dev.holdfast.access.RoleOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Where a name that a user wrote leads. */
sealed interface Route {
  /** Names listed where several nodes are meant. */
  int MOST_LISTED = 5;

  /** Characters of a target that are looked at. */
  int MOST_TARGET = 1024;

  /**
   * One node.
   *
   * @param options of all roles of who may reach it
   */
  record Found(KnownNode node, String login, RoleOptions options) implements Route {
    /** For somebody of whose roles nothing is said. */
    Found(KnownNode node, String login) {
      this(node, login, RoleOptions.NONE);
    }
  }

  /** It can't be, for a reason that he is told. */
  record Refused(String sentence, boolean prohibited) implements Route {}

  /**
   * The route to {@code target}, {@code [login@]name} or {@code [login@]label=value,…}.
   *
   * @param decide whether the user may reach a node; asked of those that are meant
   */
  static Route to(String target, List<KnownNode> nodes, Function<KnownNode, Judge.Verdict> decide) {
    if (target.isEmpty() || target.length() > MOST_TARGET) {
      return unknown(target);
    }
    int at = target.lastIndexOf('@');
    String login = at < 0 ? "" : target.substring(0, at);
    String name = target.substring(at + 1).toLowerCase(Locale.ROOT);
    Map<String, String> labels = name.indexOf('=') < 0 ? Map.of() : labels(name);
    List<KnownNode> meant =
        nodes.stream()
            .filter(node -> labels.isEmpty() ? node.name().equals(name) : has(node, labels))
            .toList();
    Map<KnownNode, Judge.Verdict> verdicts = new LinkedHashMap<>();
    meant.forEach(node -> verdicts.put(node, decide.apply(node)));
    List<KnownNode> allowed =
        meant.stream().filter(node -> verdicts.get(node) instanceof Judge.Verdict.Allowed).toList();
    if (meant.isEmpty()) {
      return unknown(name);
    } else if (allowed.isEmpty()) {
      return denied(name, login, verdicts.values());
    } else if (allowed.size() > 1) {
      return ambiguous(name, allowed);
    }
    KnownNode node = allowed.getFirst();
    return verdicts.get(node) instanceof Judge.Verdict.Allowed(RoleOptions options)
        ? new Found(node, login, options)
        : unknown(name);
  }

  /** In the cluster's own words, if it has some that are true of all. */
  private static Route denied(String name, String login, Collection<Judge.Verdict> verdicts) {
    if (verdicts.stream().anyMatch(Judge.Verdict.Unanswered.class::isInstance)) {
      return new Refused(Judge.UNANSWERED, false);
    }
    Set<Judge.Verdict> different = new HashSet<>(verdicts);
    if (different.size() == 1
        && different.iterator().next() instanceof Judge.Verdict.Denied(String why)
        && !why.isEmpty()) {
      return new Refused(why, true);
    }
    return new Refused(
        "You may not reach '%s'%s; ask whoever administers the cluster."
            .formatted(shown(name), login.isEmpty() ? "" : " as '" + shown(login) + "'"),
        true);
  }

  private static Route unknown(String name) {
    return new Refused(
        "There is no node '%s' in this cluster; check the name.".formatted(shown(name)), false);
  }

  private static Route ambiguous(String name, List<KnownNode> nodes) {
    List<String> names = new ArrayList<>();
    nodes.stream().map(KnownNode::name).sorted().limit(MOST_LISTED).forEach(names::add);
    if (nodes.size() > MOST_LISTED) {
      names.add("…");
    }
    return new Refused(
        "'%s' means %d nodes (%s); name one of them."
            .formatted(shown(name), nodes.size(), String.join(", ", names)),
        false);
  }

  /** The node is known and can't be reached. */
  static Refused offline(KnownNode node, Instant now) {
    String since =
        node.seen()
            .map(seen -> "was last seen " + ago(now.getEpochSecond() - seen.getEpochSecond()))
            .orElse("was not seen since this proxy was started");
    return new Refused(
        "Node '%s' is offline: it %s; try again when it is back."
            .formatted(shown(node.name()), since),
        false);
  }

  private static String ago(long seconds) {
    if (seconds < 120) {
      return Math.max(0, seconds) + " s ago";
    }
    return seconds < 7200
        ? seconds / 60 + " min ago"
        : seconds < 172_800 ? seconds / 3600 + " h ago" : seconds / 86_400 + " days ago";
  }

  private static boolean has(KnownNode node, Map<String, String> labels) {
    return labels.entrySet().stream()
        .allMatch(one -> one.getValue().equalsIgnoreCase(node.labels().get(one.getKey())));
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new HashMap<>();
    for (String one : text.split(",", -1)) {
      int sign = one.indexOf('=');
      labels.put(sign < 0 ? one : one.substring(0, sign), one.substring(sign + 1));
    }
    return labels;
  }

  /** What a stranger wrote, fit for a terminal. */
  static String shown(String text) {
    String bare = text.replaceAll("[^\\x20-\\x7e]", "?");
    return bare.length() > 64 ? bare.substring(0, 64) + "..." : bare;
  }
}
