// One test lowers the limit of descriptors and several count them, so tests run one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
