package dev.holdfast.access;

/**
 * What a machine has to do, as its heartbeats say.
 *
 * @param connections SSH connections of a node; what goes through a proxy
 * @param sessions of a node; control links of a proxy
 * @param begun how many of its connections there have been since it started
 */
public record Load(long connections, long sessions, long begun) {}
