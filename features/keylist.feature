Feature: The list of keys
  An account lists its keys, page by page.

  @KMS2-KEY-013
  Scenario: The list holds the keys of the account
    Given a key
    And another key
    When I list all keys
    Then the list holds the key
    And the list holds the other key

  @KMS2-KEY-054
  Scenario: Another dozen of keys is created
    When I create 12 keys
    Then the call is accepted
    When I list all keys
    Then the list holds every key that was made

  @KMS2-KEY-014
  Scenario: A page of the list holds no more than asked for
    Given a key
    And another key
    When I list keys with 1 a page
    Then the call is accepted
    And the list holds 1 key
    And the pages hold all keys together

  @KMS2-KEY-015
  Scenario Outline: A page of <size> keys is refused
    When I list keys with <size> a page
    Then the call is refused as a bad request

    Examples:
      | size |
      | 0    |
      | 201  |

  @KMS2-KEY-049
  Scenario Outline: A page size of <size> is taken
    Given a key
    And another key
    When I list keys with <size> a page
    Then the answer is a list of keys
    And the list is page 1, with <size> a page

    Examples:
      | size |
      | 1    |
      | 200  |

  @KMS2-KEY-034
  Scenario: The list describes each key
    Given a key
    When I list all keys
    Then the list describes the key

  @KMS2-KEY-035
  Scenario: A list counts its pages and all keys
    Given a key
    And another key
    When I list page 2 of the keys with 1 a page
    Then the list is page 2, with 1 a page

  @KMS2-KEY-036 @serial
  Scenario: The next page holds other keys
    Given a key
    And another key
    When I list page 1 of the keys with 1 a page
    And the page is noted
    And I list page 2 of the keys with 1 a page
    Then the page holds other keys

  @KMS2-KEY-037
  Scenario: Unless asked otherwise the list is its first page, with 100 keys a page
    Given a key
    And another key
    When I list the keys and say nothing of pages
    Then the list is page 1, with 100 a page

  @KMS2-KEY-038
  Scenario: The list is in the order of creation
    Given a key
    When I create a key
    And I list all keys
    Then the list names the key before the new key

  @KMS2-KEY-039
  Scenario: A page beyond the last holds no keys
    Given a key
    When I list page 100000 of the keys with 200 a page
    Then the call is accepted
    And the list holds 0 keys

  @KMS2-KEY-040
  Scenario: A page below the first is refused
    When I list page 0 of the keys with 10 a page
    Then the call is refused as a bad request
