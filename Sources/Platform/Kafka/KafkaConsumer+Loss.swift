import CRdKafka
import Records

extension KafkaConsumer {
    /// What a lost offset means (``KafkaError/isOffsetLost``). Asks the brokers; blocks.
    /// - Returns: whether a partition begins behind the place where it was read last, so that records were removed unread.
    ///   Else it ends before that place: the topic was made again, or cut off.
    /// - Throws: ``KafkaError`` when the brokers do not say.
    public func hasLostRecords() throws(KafkaError) -> Bool {
        let places = Array(assignment)
        let list = PartitionList(capacity: places.count)
        for place in places { list.add(place.topic, place.partition) }
        rd_kafka_position(handle.pointer, list.pointer)
        let positions = list.pointer.elements.map { Int($0.offset) }
        let begins = try PartitionList.offsets(
            at: RD_KAFKA_OFFSET_BEGINNING, of: places, handle.pointer, timeout: .seconds(3))
        return zip(places, positions).contains { place, position in
            // Nothing was read of it yet: then it is where it was set to.
            begins[place] ?? 0 > (position >= 0 ? position : assigned.mark(of: place))
        }
    }
}
