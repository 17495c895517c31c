package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Names;
import dev.holdfast.access.User;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which user of the cluster somebody is whom the identity provider knows, and what roles his groups
 * give him. Thread-safe.
 */
final class ProviderUsers {
  private final OidcSettings settings;
  private final AuditTrail trail;
  private final Feed feed;

  ProviderUsers(OidcSettings settings, AuditTrail trail, Feed feed) {
    this.settings = settings;
    this.trail = trail;
    this.feed = feed;
  }

  /** Who it is. */
  sealed interface Outcome {
    /** This user, as he is from now on. */
    record Is(User user, boolean changed) implements Outcome {}

    /** Nobody who may log in. */
    record IsNobody(String sentence) implements Outcome {}
  }

  /** The user that {@code token} tells of, if it is the one that he says he is. */
  Outcome find(String wanted, IdToken token) throws IOException {
    Optional<String> name = name(token);
    if (name.isEmpty()) {
      return new Outcome.IsNobody(
          "The identity provider gives you no name that a user of this cluster can have; ask"
              + " whoever administers it.");
    }
    if (!name.get().equals(wanted)) {
      return new Outcome.IsNobody(
          "The identity provider knows you as %s, not as %s; log in by that name."
              .formatted(name.get(), Names.printable(wanted)));
    }
    Outcome outcome = trail.change((tx, events) -> find(tx, name.get(), token, events));
    if (outcome instanceof Outcome.Is(_, boolean changed) && changed) {
      feed.nudge();
    }
    return outcome;
  }

  /** The name here; none if the claim lacks, is of another domain, or can't be a name. */
  private Optional<String> name(IdToken token) {
    boolean isMail = settings.nameClaim().equals("email");
    if (isMail && !token.isTrue("email_verified")) {
      return Optional.empty();
    }
    return token
        .text(settings.nameClaim())
        .map(it -> it.toLowerCase(Locale.ROOT))
        .flatMap(it ->
            settings
                .domain()
                .map(domain -> it.endsWith("@" + domain) ? before(it, "@" + domain) : "")
                .or(() -> Optional.of(it)))
        .filter(Names::isName);
  }

  private static String before(String text, String end) {
    return text.substring(0, text.length() - end.length());
  }

  private Outcome find(Tx tx, String name, IdToken token, List<AuditEvent> events)
      throws SQLException {
    Optional<User> found = UserTable.user(tx, name);
    if (found.isEmpty() && !settings.createUsers()) {
      return new Outcome.IsNobody(
          "There is no user %s in this cluster; ask whoever administers it.".formatted(name));
    }
    User before = found.orElseGet(() -> new User(name, List.of(), List.of(), Optional.empty()));
    Optional<String> other = otherwise(before, token);
    if (other.isPresent()) {
      return new Outcome.IsNobody(other.get());
    }
    User now =
        new User(name, roles(tx, before, token), before.keys(), Optional.of(token.subject()));
    if (found.isEmpty() && now.roles().isEmpty()) {
      return new Outcome.IsNobody(
          "None of your groups at the identity provider has a role in this cluster; ask whoever"
              + " administers it.");
    }
    if (found.isPresent() && found.get().equals(now)) {
      return new Outcome.Is(now, false);
    }
    UserTable.put(tx, now);
    events.add(event(now));
    return new Outcome.Is(now, true);
  }

  /**
   * Why the user is somebody else. A name can change hands at a provider, a subject can't; who has
   * keys and no subject is known by his keys.
   */
  private static Optional<String> otherwise(User user, IdToken token) {
    if (user.subject().isPresent()) {
      return user.subject().get().equals(token.subject())
          ? Optional.empty()
          : Optional.of(
              "The user %s of this cluster is somebody else at the identity provider; ask whoever"
                      .formatted(user.name())
                  + " administers it.");
    }
    return user.keys().isEmpty()
        ? Optional.empty()
        : Optional.of(
            "The user %s logs in by key; ask whoever administers the cluster to set his subject."
                .formatted(user.name()));
  }

  /** Roles that some group has are the provider's to give and take; others stay. */
  private List<String> roles(Tx tx, User before, IdToken token) throws SQLException {
    Set<String> roles = new LinkedHashSet<>(before.roles());
    roles.removeAll(settings.governed());
    List<String> groups = new ArrayList<>(token.texts(settings.groupsClaim()));
    groups.removeIf(OidcSettings.EVERYBODY::equals);
    groups.add(OidcSettings.EVERYBODY);
    for (String group : groups) {
      for (String role : settings.roles().getOrDefault(group, List.of())) {
        if (UserTable.role(tx, role).isPresent()) {
          roles.add(role);
        }
      }
    }
    return roles.equals(Set.copyOf(before.roles())) ? before.roles() : List.copyOf(roles);
  }

  private AuditEvent event(User user) {
    return AuditEvent.of(
        AuditCode.USER_SET,
        user.name(),
        "name",
        user.name(),
        "roles",
        String.join(",", user.roles()),
        "keys",
        user.keys().size(),
        "provider",
        settings.issuer(),
        "subject",
        user.subject().orElse(""));
  }
}
