package dev.holdfast.cli;

import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.Membership;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Where a client of a cluster's proxy may come back to: to that one, and to the others, those that
 * live first; as it was known last if nobody can be asked. Thread-safe.
 */
final class OtherProxies implements Supplier<List<String>> {
  private final Membership member;
  private final Supplier<Membership.Places> own;
  private volatile List<String> others = List.of();

  OtherProxies(Membership member, Supplier<Membership.Places> own) {
    this.member = member;
    this.own = own;
  }

  @Override
  public List<String> get() {
    try {
      others =
          member.cluster().machines(ServiceKind.PROXY).stream()
              .sorted(Comparator.comparing(NodeRecord::online).reversed())
              .flatMap(proxy -> proxy.addresses().stream())
              .toList();
    } catch (IOException e) {
      // Those of before.
    }
    Set<String> all = new LinkedHashSet<>(own.get().addresses());
    all.addAll(others);
    return List.copyOf(all);
  }
}
