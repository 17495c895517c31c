package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiFailure;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.RemoteParts;
import dev.holdfast.auth.SessionRecords.JoinQuery;
import dev.holdfast.auth.SessionRecords.JoinableSession;
import dev.holdfast.browser.Clusters;
import dev.holdfast.client.OwnCommand;
import dev.holdfast.recording.Event;
import dev.holdfast.recording.Export;
import dev.holdfast.recording.ReadingKey;
import dev.holdfast.recording.RecordingFormat;
import dev.holdfast.recording.Verification;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * The clusters of this user's profiles: a conversation with each that was asked for, and one for
 * each who follows or plays something, so that everybody who plays something is noted. Thread-safe.
 */
final class ClustersOfUser implements Clusters, AutoCloseable {
  /** Audit events that wait for a browser. */
  static final int MOST_WAITING = 1_000;

  private static final long LOOK_MILLIS = 500;

  private final Profiles profiles;
  private final List<ReadingKey> keys;

  /** By the names of clusters. Guarded by itself. */
  private final Map<String, ApiClient> talking = new HashMap<>();

  /**
   * Those of the profiles.
   *
   * @param keys that encrypted recordings are read by; they go nowhere
   */
  ClustersOfUser(Profiles profiles, List<ReadingKey> keys) {
    this.profiles = profiles;
    this.keys = List.copyOf(keys);
  }

  @Override
  public List<Map<String, Object>> list() throws IOException {
    List<Map<String, Object>> all = new ArrayList<>();
    String current = profiles.currentOrNone();
    for (Profile one : profiles.all()) {
      Map<String, Object> told = new LinkedHashMap<>();
      told.put("name", one.cluster());
      told.put("user", one.user());
      told.put("valid", one.isValid());
      told.put("until", one.validBefore().toString());
      all.add(one.cluster().equals(current) ? 0 : all.size(), told);
    }
    return all;
  }

  @Override
  public String call(String cluster, String method, String params) throws IOException {
    Json asked = json(params);
    ApiClient api = talk(cluster);
    try {
      return api.call(method, asked).line();
    } catch (ApiFailure e) {
      throw e;
    } catch (IOException e) {
      if (!api.isOver() || isChange(method)) {
        throw e;
      }
      return talk(cluster).call(method, asked).line();
    }
  }

  /** What may have been done although nobody heard of it. */
  private static boolean isChange(String method) {
    return method.equals(ApiMethod.SESSION_END.method())
        || method.equals(ApiMethod.LEASE_REMOVE.method());
  }

  private static Json json(String params) throws IOException {
    return params.isEmpty() ? Json.members() : Json.parse(params);
  }

  private ApiClient talk(String cluster) throws IOException {
    // A certificate that has ended ends what was begun with it.
    Profile profile = profiles.find(cluster);
    synchronized (talking) {
      ApiClient there = talking.get(cluster);
      if (there != null && !there.isOver() && profile.isValid()) {
        return there;
      }
      if (there != null) {
        there.close();
        talking.remove(cluster);
      }
      ApiClient api = ApiAccess.byCertificate(profile, profiles, ApiAccess::ignore);
      talking.put(cluster, api);
      return api;
    }
  }

  private ApiClient dial(String cluster, BiConsumer<String, Json> listener) throws IOException {
    return ApiAccess.byCertificate(profiles.find(cluster), profiles, listener);
  }

  // ---- recordings ----

  private RemoteParts parts(String cluster) {
    return new RemoteParts(listener -> dial(cluster, listener));
  }

  private ClusterRecording find(String recording, RemoteParts parts) throws IOException {
    if (!RecordingFormat.isName(recording)) {
      throw new IOException("The ID of a recording has 32 digits and letters from a to f.");
    }
    return ClusterRecording.find(recording, parts, keys);
  }

  @Override
  public void cast(String cluster, String recording, boolean plain, OutputStream out)
      throws IOException {
    try (RemoteParts parts = parts(cluster)) {
      Export export = Export.Format.ASCIICAST_V2.to(out);
      Verification found = RecordingsExport.write(find(recording, parts), export);
      checkReadable(found);
      if (!plain) {
        for (String finding : found.findings()) {
          long nanos = found.length().toNanos();
          export.add(new Event(0, nanos, new Event.Gap(0, finding)));
        }
      }
      export.end();
    }
  }

  private static void checkReadable(Verification found) throws IOException {
    if (!found.hidden().isEmpty()) {
      throw new IOException(RecordingAccess.unreadable(found));
    }
  }

  @Override
  public void follow(String cluster, String recording, Listener listener) throws IOException {
    try (RemoteParts parts = parts(cluster)) {
      ClusterRecording there = find(recording, parts);
      FollowedRecording source =
          new FollowedRecording(new HeardRecording(there, listener), keys, new ArrayDeque<>());
      HeardRecording.tell(source, Export.Format.ASCIICAST_V2, listener);
      checkReadable(source.verification());
    }
  }

  // ---- sessions that are joined ----

  @Override
  public Guest join(String cluster, Wish wish) throws IOException {
    Profile profile = profiles.find(cluster);
    JoinQuery query =
        new JoinQuery(Optional.of(wish.session()), Optional.empty(), Optional.empty());
    JoinableSession session =
        JoinCommand.only(
            wish.session(),
            talk(cluster).list(ApiMethod.SESSIONS_JOINABLE, query, JoinableSession.class));
    String how =
        (wish.observes() ? "--observe " : "")
            + "--size %dx%d ".formatted(wish.columns(), wish.rows());
    // A terminal is on the page, not here; ssh is to take no key for itself, and to ask nothing.
    List<String> terminal = List.of("-tt", "-e", "none", "-o", "BatchMode=yes");
    List<String> words = new ArrayList<>(OwnCommand.words(Main.class.getName(), SshCommand.NAME));
    words.addAll(JoinCommand.words(session, profile, profiles, terminal, how));
    return JoinedProcess.start(words);
  }

  // ---- audit events ----

  @Override
  public void events(String cluster, String query, Listener listener)
      throws IOException, InterruptedException {
    BlockingQueue<String> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    boolean[] missed = {false};
    try (ApiClient api =
        dial(cluster, (method, event) -> missed[0] |= !waiting.offer(event.line()))) {
      api.call(ApiMethod.AUDIT_FOLLOW.method(), json(query));
      while (!api.isOver() && !missed[0]) {
        String event = waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (event == null) {
          listener.still();
        } else {
          listener.line(event);
        }
      }
    }
    throw new IOException(
        missed[0]
            ? "More happens than can be shown; name a user or an event."
            : "The connection to the auth service has ended; follow again.");
  }

  @Override
  public void close() {
    synchronized (talking) {
      talking.values().forEach(ApiClient::close);
      talking.clear();
    }
  }
}
