package dev.holdfast.node;

import org.jspecify.annotations.Nullable;

/**
 * A process just started for a session, and our ends of what joins us to it: descriptors that do
 * not wait, each to be closed once.
 *
 * @param process its number
 * @param watch becomes readable when it has ended
 * @param stdin where its input is written
 * @param stdout where its output is read
 * @param stderr where its errors are read; negative with a pty
 * @param report where {@link ProcessReport} is read; negative without PAM
 * @param pty the pty, of which stdin is a copy and stdout the descriptor; null without one
 */
record Spawned(
    int process,
    int watch,
    int stdin,
    int stdout,
    int stderr,
    int report,
    @Nullable PtyMaster pty) {}
