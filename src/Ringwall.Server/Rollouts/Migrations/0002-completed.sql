-- When every device of its rings might install it for the first time; 0: never. A way back leads to content that has this, and to no other.
ALTER TABLE rollouts_rollouts ADD COLUMN completed_at BIGINT NOT NULL DEFAULT 0;
UPDATE rollouts_rollouts SET completed_at = decided_at
WHERE state = 'complete' OR EXISTS (SELECT 1 FROM rollouts_decisions d WHERE d.rollout = rollouts_rollouts.id AND d.reasons LIKE '%"Complete"%');
