package dev.holdfast.access;

import java.util.List;

/** What a person may call a node: its id, its name, the first part of its name, or labels. */
public final class NodeNames {
  private NodeNames() {}

  /** Those of {@code nodes} that {@code target} can mean; an exact name means that one alone. */
  public static List<NodeRecord> find(String target, List<NodeRecord> nodes) {
    if (target.contains("=")) {
      LabelSelector selector = LabelSelector.parse(target);
      return nodes.stream().filter(node -> selector.matches(node.labels())).toList();
    }
    List<NodeRecord> exact =
        nodes.stream()
            .filter(node -> node.id().equals(target) || node.name().equalsIgnoreCase(target))
            .toList();
    return exact.isEmpty()
        ? nodes.stream().filter(node -> isFirstPart(target, node.name())).toList()
        : exact;
  }

  private static boolean isFirstPart(String target, String name) {
    return name.length() > target.length()
        && name.charAt(target.length()) == '.'
        && name.regionMatches(true, 0, target, 0, target.length());
  }
}
