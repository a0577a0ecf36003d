"""A thin line of packets between two network namespaces: narrow, slow, lossy, and cut now and then."""
