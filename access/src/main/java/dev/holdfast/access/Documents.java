package dev.holdfast.access;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * What administrators write: YAML documents, each of which begins with its kind, {@code kind:
 * role}, {@code user} or {@code token}. Read strictly: what is not known or there twice is refused,
 * with its place. Confined to one call.
 */
public final class Documents {
  /** Characters of one file. */
  public static final int MOST_CHARACTERS = 1 << 20;

  /** Documents in one file. */
  static final int MOST_DOCUMENTS = 10_000;

  private static final int MOST_DEPTH = 16;

  private final String file;
  private final IdentityHashMap<Json, String> places = new IdentityHashMap<>();
  private final IdentityHashMap<Json, Map<String, String>> keyPlaces = new IdentityHashMap<>();

  private Documents(String file) {
    this.file = file;
  }

  /** One document. */
  public sealed interface Document {
    /** A role. */
    record OfRole(Role role) implements Document {}

    /** A user. */
    record OfUser(User user) implements Document {}

    /** A token that is to be made. */
    record OfToken(TokenOrder order) implements Document {}
  }

  /**
   * What somebody wants a join token to be.
   *
   * @param time from now until it expires; an hour if it is not said
   * @param uses how often it can be used; once if it is not said
   */
  public record TokenOrder(
      JoinToken.Purpose purpose,
      Optional<Duration> time,
      Optional<Integer> uses,
      Labels labels,
      Optional<String> name,
      List<String> roles) {
    public static final Duration USUAL_TIME = Duration.ofHours(1);
    public static final Duration MOST_TIME = Duration.ofDays(365);

    public TokenOrder {
      if (time.filter(it -> !it.isPositive() || it.compareTo(MOST_TIME) > 0).isPresent()) {
        throw new InvalidRecordException("A token expires within 365 days.");
      }
      if (uses.filter(it -> it < 1 || it > JoinToken.MOST_USES).isPresent()) {
        throw new InvalidRecordException("A token has 1 to " + JoinToken.MOST_USES + " uses.");
      }
      roles = List.copyOf(roles);
    }
  }

  /**
   * Reads a file's text.
   *
   * @throws InvalidRecordException for the first thing that is wrong: {@code file:line:column: …}
   */
  public static List<Document> read(String text, String file) {
    return new Documents(file).read(text);
  }

  private List<Document> read(String text) {
    if (text.length() > MOST_CHARACTERS) {
      throw new InvalidRecordException(file + ": this is longer than such a file can be");
    }
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file)
            .setUseMarks(true)
            .setMaxAliasesForCollections(0)
            .build();
    List<Document> documents = new ArrayList<>();
    try {
      for (Node node : new Compose(settings).composeAllFromString(text)) {
        if (documents.size() == MOST_DOCUMENTS) {
          throw wrong(place(node), "there are more than " + MOST_DOCUMENTS + " documents");
        }
        documents.add(document(json(node, 0)));
      }
    } catch (MarkedYamlEngineException e) {
      String place = e.getProblemMark().or(e::getContextMark).map(this::place).orElse(file);
      throw wrong(place, "this is not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw wrong(file + ":1:1", "this is not YAML");
    }
    return documents;
  }

  private Document document(Json json) {
    if (!(json instanceof Json.Members(Map<String, Json> members))) {
      throw wrong(place(json), "a document with 'kind: role', 'user' or 'token' is expected");
    }
    Map<String, Json> rest = new LinkedHashMap<>(members);
    Json kind = rest.remove("kind");
    Json body = new Json.Members(rest);
    places.put(body, place(json));
    keyPlaces.put(body, keyPlaces.getOrDefault(json, Map.of()));
    String word = kind instanceof Json.Text(String value) ? value : "";
    try {
      return switch (word) {
        case "role" -> new Document.OfRole(Records.read(body, Role.class));
        case "user" -> new Document.OfUser(Records.read(body, User.class));
        case "token" -> new Document.OfToken(Records.read(body, TokenOrder.class));
        default ->
            throw wrong(
                kind == null ? place(json) : place(kind), "'kind' must be role, user or token");
      };
    } catch (WrongShapeException e) {
      throw wrong(place(e), e.sentence());
    }
  }

  // ---- YAML as JSON that knows its places ----

  private Json json(Node node, int depth) {
    if (depth > MOST_DEPTH) {
      throw wrong(place(node), "more than " + MOST_DEPTH + " values are in one another");
    }
    Json json =
        switch (node) {
          case MappingNode mapping -> members(mapping, depth);
          case SequenceNode sequence -> items(sequence, depth);
          case ScalarNode scalar -> scalar(scalar);
          default -> throw wrong(place(node), "this can't stand here");
        };
    places.put(json, place(node));
    return json;
  }

  private Json members(MappingNode mapping, int depth) {
    Map<String, Json> members = new LinkedHashMap<>();
    Map<String, String> keys = new HashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw wrong(place(tuple.getKeyNode()), "a name must be a word");
      }
      if (members.put(key.getValue(), json(tuple.getValueNode(), depth + 1)) != null) {
        throw wrong(place(key), "'" + Names.printable(key.getValue()) + "' is there twice");
      }
      keys.put(key.getValue(), place(key));
    }
    Json json = new Json.Members(members);
    keyPlaces.put(json, keys);
    return json;
  }

  private Json items(SequenceNode sequence, int depth) {
    List<Json> items = new ArrayList<>();
    sequence.getValue().forEach(item -> items.add(json(item, depth + 1)));
    return new Json.Items(items);
  }

  private Json scalar(ScalarNode scalar) {
    String value = scalar.getValue();
    if (scalar.getTag().equals(Tag.NULL)) {
      return new Json.Null();
    } else if (scalar.getTag().equals(Tag.BOOL)) {
      return Json.of(Boolean.parseBoolean(value));
    } else if (scalar.getTag().equals(Tag.INT) && value.matches("-?[0-9]{1,18}")) {
      return Json.of(Long.parseLong(value));
    }
    return new Json.Text(value);
  }

  // ---- places ----

  private String place(WrongShapeException e) {
    @Nullable String member = e.member;
    String key = member == null ? null : keyPlaces.getOrDefault(e.at, Map.of()).get(member);
    return key == null ? place(e.at) : key;
  }

  private String place(Json json) {
    return places.getOrDefault(json, file);
  }

  private String place(Node node) {
    return node.getStartMark().map(this::place).orElse(file);
  }

  private String place(Mark mark) {
    return file + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
  }

  private static InvalidRecordException wrong(String place, String sentence) {
    return new InvalidRecordException(place + ": " + sentence);
  }
}
